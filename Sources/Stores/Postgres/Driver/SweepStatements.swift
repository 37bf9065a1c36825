/// How expired rows are found and removed.
///
/// The index is over `due`, not over the expiry, which changes with every completion. A row is due at its expiry or
/// before.
enum SweepStatements {
    /// Removes expired rows, the longest due first; leaves those alone that somebody has in hand.
    static func remove(limit: Int) -> Statement {
        var parameters = Parameters()
        parameters.int8(Int64(limit))
        return Statement(
            "once_sweep",
            """
            WITH \(RecordStatements.clock), gone AS (
                SELECT id FROM idempotency_records
                WHERE due <= (SELECT now FROM t) AND state = 1 AND expires <= (SELECT now FROM t)
                ORDER BY due LIMIT $1::bigint FOR UPDATE SKIP LOCKED)
            DELETE FROM idempotency_records AS r USING gone
            WHERE r.id = gone.id AND r.state = 1 AND r.expires <= (SELECT now FROM t)
            """, parameters)
    }

    /// Puts off rows that have been due for a minute and have not expired: the retention was longer than the one
    /// before, or nobody has completed them yet.
    static func postpone(limit: Int, by microseconds: Int64) -> Statement {
        var parameters = Parameters()
        parameters.int8(Int64(limit))
        parameters.int8(microseconds)
        return Statement(
            "once_postpone",
            """
            WITH \(RecordStatements.clock), early AS (
                SELECT id FROM idempotency_records
                WHERE due <= (SELECT now - 60000000 FROM t) AND NOT (state = 1 AND expires <= (SELECT now FROM t))
                ORDER BY due LIMIT $1::bigint FOR UPDATE SKIP LOCKED)
            UPDATE idempotency_records AS r
            SET due = CASE WHEN r.state = 1 THEN r.expires ELSE (SELECT now FROM t) + $2::bigint END
            FROM early WHERE r.id = early.id
            """, parameters)
    }
}

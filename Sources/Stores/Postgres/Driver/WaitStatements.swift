import Idempotency

/// How processes that wait for a record hear of its change.
///
/// A notification makes its transaction hold a lock of the whole database until it is committed, so the transactions of
/// the hot path have none: whoever waits marks the record, and only a change of a marked one is notified, afterwards.
enum WaitStatements {
    /// Notifies of the change of records.
    static func notify(_ ids: [RecordID], table: Int64) -> Statement {
        var parameters = Parameters()
        parameters.text(channel(of: table))
        parameters.array(.text, ids) { $1.text($0.description) }
        return Statement(
            "once_notify", "SELECT count(pg_notify($1::text, id)::text) FROM unnest($2::text[]) AS u(id)", parameters)
    }

    /// Marks a record that is running; gives a row if it is.
    static func mark(_ id: RecordID) -> Statement {
        var parameters = Parameters()
        parameters.bytes(id.digest.bytes)
        return Statement(
            "once_mark",
            "UPDATE idempotency_records SET awaited = true WHERE id = $1::bytea AND state = 0 RETURNING true",
            parameters)
    }

    /// The channel of a table of records.
    static func channel(of table: Int64) -> String { "idempotency_\(table)" }
}

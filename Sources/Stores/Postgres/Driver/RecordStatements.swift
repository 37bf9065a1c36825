import Idempotency

/// The statements of the hot path, each for one record or for many at once (`StatementRows`).
///
/// All of a round goes in one transaction and one round trip. The first statement takes the advisory locks of all keys;
/// every later one has a snapshot of its own (read committed), taken when the locks are held. So nobody else writes
/// these keys in between, clocks and fences are read after every wait, and no statement waits for another writer with a
/// stale view. Only sweeping deletes without these locks, and it never waits.
enum RecordStatements {
    /// The columns of a record, in the order in which they are read.
    static let columns = [
        "version", "state", "algorithm", "fingerprint", "owner", "fence", "attempt", "renewals", "created", "moment",
        "expires", "detail", "outcome", "checkpoint", "label_key", "label_scope", "label_operation",
    ]

    /// The clock of the server in microseconds since 1970, read when it is first asked for in a statement.
    static let clock = "t AS MATERIALIZED (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now)"

    /// Fails (division by zero, 22012) when a write was held up between its stamp and its end: it is then taken back
    /// and made again, so that a lease has its full length.
    private static func punctual(within patience: String) -> String {
        "(1 / ((extract(epoch FROM clock_timestamp()) * 1000000)::bigint - r.written < \(patience))::int)"
    }

    /// How late a write may be, in microseconds: a tenth of a second, far below any lease; and for each row of its
    /// statement what a slow disk takes to read the pages where it belongs.
    private static func patience(for rows: Int) -> Int64 { 100_000 + 2_000 * Int64(rows) }

    /// Takes the locks of the keys, in their order. Fails (no integer, 22P02) where somebody has exchanged the session
    /// for one that was not set up.
    static func lock(_ round: Round, in session: Connection.Session) -> Statement {
        var parameters = Parameters()
        parameters.column(.int8, round.entries) { $1.int8(Round.lock(of: $0.id, table: session.table)) }
        parameters.int8(session.process)
        return lock.statement(of: round.entries, parameters)
    }

    private static let lock = StatementRows("once_lock", [("k", "bigint")]) { rows in
        """
        SELECT count(*), CASE WHEN $2::bigint IN (0, pg_backend_pid()) THEN 0
            ELSE ('another session, ' || pg_backend_pid())::integer END
        FROM (SELECT pg_advisory_xact_lock(u.k) FROM \(rows) OFFSET 0) AS held
        """
    }

    /// Inserts rows where there are none, and tells of all others what lies there: see `ClaimRow`.
    ///
    /// One statement sees one state of the table. That is enough, as nobody else writes these keys in between; of a row
    /// that somebody without the locks has put there meanwhile it tells nothing. A row that is there already is seen
    /// before a fence is taken for it: what a sequence gives is logged now and then, and the commit of duplicates would
    /// wait for the disk.
    static func claim(_ drafts: [(id: RecordID, draft: Draft)], dueAfter: Int64) -> Statement {
        var parameters = Parameters()
        content(drafts, into: &parameters)
        parameters.int8(dueAfter)
        parameters.int8(patience(for: drafts.count))
        return claim.statement(of: drafts, parameters)
    }

    /// Replaces rows that are the expected ones.
    static func update(
        _ drafts: [(id: RecordID, draft: Draft)], expecting: [RowExpectation], dueAfter: Int64
    ) -> Statement {
        var parameters = Parameters()
        content(drafts, into: &parameters)
        RowExpectation.bind(expecting, into: &parameters)
        parameters.int8(dueAfter)
        parameters.int8(patience(for: drafts.count))
        return update.statement(of: drafts, parameters)
    }

    /// Deletes rows that are the expected ones.
    static func delete(_ ids: [RecordID], expecting: [RowExpectation]) -> Statement {
        var parameters = Parameters()
        parameters.column(.bytes, ids) { $1.bytes($0.digest.bytes) }
        RowExpectation.bind(expecting, into: &parameters)
        return delete.statement(of: ids, parameters)
    }

    /// Tells what lies under the keys, unless this transaction has written it, and the time.
    static func look(_ ids: [RecordID]) -> Statement {
        var parameters = Parameters()
        parameters.column(.int8, Array(ids.indices)) { $1.int8(Int64($0)) }
        parameters.column(.bytes, ids) { $1.bytes($0.digest.bytes) }
        return look.statement(of: ids, parameters)
    }

    private static let claim = StatementRows("once_claim", content) { rows in
        """
        WITH \(clock), k AS MATERIALIZED (
            SELECT u.*, \(columns.map { "r.\($0) AS found_\($0)" }.joined(separator: ", "))
            FROM \(rows) LEFT JOIN idempotency_records AS r ON r.id = u.id
        ), i AS (
            INSERT INTO idempotency_records AS r (id, \(columns.joined(separator: ", ")), written, due)
            SELECT u.id, \(Schema.recordVersion), u.state, u.algorithm, u.fingerprint, u.owner,
                coalesce(u.fence, nextval('idempotency_fence')), u.attempt, u.renewals, coalesce(u.created, t.now),
                \(moment), \(expires), u.detail, u.outcome, u.checkpoint, u.label_key, u.label_scope,
                u.label_operation, t.now, t.now + CASE u.state
                    WHEN 1 THEN least(u.span, \(behind(content, 1))) ELSE \(behind(content, 1)) END
            FROM k AS u, t WHERE u.found_version IS NULL
            ON CONFLICT (id) DO NOTHING
            RETURNING r.id, r.fence, r.written, \(punctual(within: behind(content, 2)))
        )
        SELECT k.id, t.now, \(columns.map { "k.found_\($0)" }.joined(separator: ", "))
        FROM k, t WHERE k.found_version IS NOT NULL
        UNION ALL
        SELECT i.id, i.written, \(columns.map { $0 == "fence" ? "i.fence" : "NULL" }.joined(separator: ", ")) FROM i
        """
    }

    private static let update = StatementRows("once_update", replaced) { rows in
        """
        WITH \(clock)
        UPDATE idempotency_records AS r SET version = \(Schema.recordVersion), state = u.state,
            algorithm = u.algorithm, fingerprint = u.fingerprint, owner = u.owner,
            fence = coalesce(u.fence, nextval('idempotency_fence')), attempt = u.attempt, renewals = u.renewals,
            created = coalesce(u.created, t.now), moment = \(moment), expires = \(expires), detail = u.detail,
            outcome = u.outcome, checkpoint = u.checkpoint, label_key = u.label_key, label_scope = u.label_scope,
            label_operation = u.label_operation, written = t.now,
            awaited = r.awaited AND u.was_state <> 1,
            due = CASE
                WHEN u.state = 1
                    THEN least(CASE u.was_state WHEN 1 THEN t.now + \(behind(replaced, 1)) ELSE r.due END, \(expires))
                WHEN u.was_state = 1 THEN t.now + \(behind(replaced, 1)) ELSE r.due END
        FROM \(rows), t
        WHERE \(isExpected)
        RETURNING r.id, r.fence, r.written, \(punctual(within: behind(replaced, 2))), r.awaited
        """
    }

    private static let delete = StatementRows("once_delete", [("id", "bytea")] + RowExpectation.columns) { rows in
        """
        WITH \(clock)
        DELETE FROM idempotency_records AS r USING \(rows), t
        WHERE \(isExpected)
        RETURNING r.id, r.fence, t.now, r.awaited
        """
    }

    private static let look = StatementRows("once_look", [("number", "bigint"), ("id", "bytea")]) { rows in
        """
        WITH \(clock)
        SELECT t.now, r.id, \(columns.map { "r.\($0)" }.joined(separator: ", "))
        FROM t CROSS JOIN \(rows)
        LEFT JOIN idempotency_records AS r
            ON r.id = u.id AND r.xmin <> coalesce(pg_current_xact_id_if_assigned()::xid, '0'::xid)
        ORDER BY u.number
        """
    }

    // MARK: - Parts

    /// A running record is there until its lease ends, at `moment`; any other state has lasted since `moment`.
    private static let moment = "CASE u.state WHEN 0 THEN \(later("u.span")) ELSE t.now END"
    private static let expires = "CASE u.state WHEN 1 THEN \(later("u.span")) END"

    /// The time after a duration, or the end of time.
    private static func later(_ span: String) -> String {
        "CASE WHEN \(span) > 9223372036854775807 - t.now THEN 9223372036854775807 ELSE t.now + \(span) END"
    }

    private static let isExpected = """
        r.id = u.id AND r.state = u.was_state AND CASE u.was_state WHEN 1 THEN r.expires <= t.now
            ELSE r.owner = u.was_owner AND (u.was_renewals IS NULL OR r.renewals = u.was_renewals) END
        """

    private static let content: [StatementRows.Column] = [
        ("id", "bytea"), ("state", "smallint"), ("algorithm", "smallint"), ("fingerprint", "bytea"), ("owner", "uuid"),
        ("fence", "bigint"), ("attempt", "bigint"), ("renewals", "bigint"), ("created", "bigint"), ("span", "bigint"),
        ("detail", "smallint"), ("outcome", "bytea"), ("checkpoint", "bytea"), ("label_key", "text"),
        ("label_scope", "text"), ("label_operation", "text"),
    ]

    private static let replaced = content + RowExpectation.columns

    /// The parameter so many places behind those of the columns.
    private static func behind(_ columns: [StatementRows.Column], _ place: Int) -> String {
        "$\(columns.count + place)::bigint"
    }

    private static func content(_ rows: [(id: RecordID, draft: Draft)], into parameters: inout Parameters) {
        parameters.column(.bytes, rows) { $1.bytes($0.id.digest.bytes) }
        parameters.column(.int2, rows) { $1.int2($0.draft.state.number) }
        parameters.column(.int2, rows) { $1.int2(Int16($0.draft.fingerprint.algorithm)) }
        parameters.column(.bytes, rows) { $1.bytes($0.draft.fingerprint.digest.bytes) }
        parameters.column(.uuid, rows) { $1.bytes($0.draft.owner.bytes) }
        parameters.column(.int8, rows) { $1.int8($0.draft.fence.map { Int64(bitPattern: $0.number) }) }
        parameters.column(.int8, rows) { $1.int8(Int64($0.draft.attempt)) }
        parameters.column(.int8, rows) { $1.int8(Int64($0.draft.renewals)) }
        parameters.column(.int8, rows) { $1.int8($0.draft.created?.microseconds) }
        parameters.column(.int8, rows) { $1.int8($0.draft.state.span) }
        parameters.column(.int2, rows) { $1.int2($0.draft.state.detail) }
        parameters.column(.bytes, rows) { $1.bytes($0.draft.state.outcome) }
        parameters.column(.bytes, rows) { $1.bytes($0.draft.checkpoint.isEmpty ? nil : $0.draft.checkpoint) }
        parameters.column(.text, rows) { $1.text(LabelText.encode($0.draft.label.key)) }
        parameters.column(.text, rows) { $1.text(LabelText.encode($0.draft.label.scope)) }
        parameters.column(.text, rows) { $1.text(LabelText.encode($0.draft.label.operation)) }
    }
}

import Idempotency

/// Looks at many records, in one state of the database and at one reading of its clock.
struct RecordListing {
    private let connection: Connection
    private let deadline: ContinuousClock.Instant

    init(_ connection: Connection, until deadline: ContinuousClock.Instant) {
        self.connection = connection
        self.deadline = deadline
    }

    /// The record of one key, or `nil` if it is vacant.
    func record(_ id: RecordID) throws -> (record: Record?, now: Timestamp) {
        let found = try found(id)
        return (Register(found.record).current(at: found.now), found.now)
    }

    /// What lies under a key; an expired record too.
    func found(_ id: RecordID) throws -> (record: Record?, now: Timestamp) {
        let result = try connection.run(RecordStatements.look([id]), until: deadline)
        let now = Timestamp(microseconds: try integer(result, 0, 0))
        guard !result.isNull(0, 1) else { return (nil, now) }
        return (try RecordRow(result: result, row: 0, first: 2).record(), now)
    }

    /// A page of records, oldest claim first.
    func page(_ query: RecordQuery) throws -> RecordPage {
        let result = try connection.run(search(query), until: deadline)
        let now = Timestamp(microseconds: try integer(result, 0, 0))
        var entries: [RecordPage.Entry] = []
        // Without records there is one row with the time only.
        for row in 0..<result.count where !result.isNull(row, 1) {
            guard let id = result.bytes(row, 1).flatMap({ Digest(bytes: $0) }) else {
                throw RecordRow.Damage(column: "id")
            }
            guard entries.count < query.limit else {
                return RecordPage(entries: entries, next: entries.last?.cursor, now: now)
            }
            entries.append(
                RecordPage.Entry(
                    id: RecordID(id), record: try RecordRow(result: result, row: row, first: 2).record()))
        }
        return RecordPage(entries: entries, next: nil, now: now)
    }

    private func search(_ query: RecordQuery) -> Statement {
        let states = query.states.isEmpty ? Set(RecordQuery.State.allCases) : query.states
        var parameters = Parameters()
        parameters.int8(query.after?.created.microseconds ?? .min)
        parameters.bytes(query.after?.id.digest.bytes ?? [])
        parameters.int8(Int64(query.limit) + 1)
        if let key = query.key { parameters.text(LabelText.encode(key)) }
        let columns = RecordStatements.columns.map { "r.\($0)" }.joined(separator: ", ")
        let conditions = RecordQuery.State.allCases.filter { states.contains($0) }.map { "(\($0.condition))" }
        let name = RecordQuery.State.allCases.map { states.contains($0) ? "1" : "0" }.joined()
        return Statement(
            "once_list_\(name)\(query.key == nil ? "" : "_key")",
            """
            WITH \(RecordStatements.clock)
            SELECT t.now, r.id, \(columns) FROM t LEFT JOIN LATERAL (
                SELECT * FROM idempotency_records AS r
                WHERE r.created >= $1::bigint AND (r.created, r.id) > ($1::bigint, $2::bytea)
                    AND (\(conditions.joined(separator: " OR ")))
                    \(query.key == nil ? "" : "AND r.label_key = $4::text")
                ORDER BY r.created, r.id LIMIT $3::bigint) AS r ON true
            ORDER BY r.created, r.id
            """, parameters)
    }

    /// How many records there are of each kind.
    func counts() throws -> RecordCounts {
        let kinds = RecordQuery.State.allCases.map(\.condition) + ["r.state = 1 AND r.expires <= (SELECT now FROM t)"]
        let result = try connection.run(
            Statement(
                "once_count",
                """
                WITH \(RecordStatements.clock)
                SELECT \(kinds.map { "count(*) FILTER (WHERE \($0))" }.joined(separator: ", "))
                FROM idempotency_records AS r
                """), until: deadline)
        var counts = RecordCounts()
        for (column, state) in RecordQuery.State.allCases.enumerated() {
            let count = Int(try integer(result, 0, column))
            switch state {
            case .running: counts.running = count
            case .lapsed: counts.lapsed = count
            case .completed: counts.completed = count
            case .inDoubt: counts.inDoubt = count
            }
        }
        counts.expired = Int(try integer(result, 0, RecordQuery.State.allCases.count))
        return counts
    }

    /// About how many rows a page of 8 KiB holds, half filled with the smallest ones.
    private static let rowsPerBlock = 16

    /// What the live rows of the next pages of the table take, by scope. Outcomes are not read for that.
    func usage(after cursor: UInt64?, limit: Int) throws -> UsagePage {
        let first = Int64(clamping: cursor ?? 0)
        let end = first + Int64(max(limit / Self.rowsPerBlock, 1))
        var parameters = Parameters()
        parameters.int8(first)
        parameters.int8(end)
        let answer = connection.run(
            [
                Statement(
                    "once_usage",
                    """
                    WITH \(RecordStatements.clock)
                    SELECT label_scope, count(*), coalesce(sum(coalesce(octet_length(outcome), 0)
                        + coalesce(octet_length(checkpoint), 0)), 0)::bigint
                    FROM idempotency_records
                    WHERE ctid >= format('(%s,0)', $1::bigint)::tid AND ctid < format('(%s,0)', $2::bigint)::tid
                        AND NOT (state = 1 AND expires <= (SELECT now FROM t))
                    GROUP BY label_scope
                    """, parameters),
                Statement(
                    "once_blocks",
                    """
                    SELECT coalesce(max(pg_relation_size(c.oid)), 0) / current_setting('block_size')::bigint
                    FROM pg_class AS c WHERE c.oid = to_regclass('idempotency_records')
                        OR c.oid IN (SELECT inhrelid FROM pg_inherits
                            WHERE inhparent = to_regclass('idempotency_records'))
                    """),
            ], until: deadline)
        if let failure = answer.failure { throw failure }
        var page = UsagePage()
        for row in 0..<answer.results[0].count {
            guard let scope = answer.results[0].text(row, 0).flatMap({ LabelText.decode($0) }) else {
                throw RecordRow.Damage(column: "label_scope")
            }
            let keys = Int(try integer(answer.results[0], row, 1))
            page.scopes[scope] = StoreUsage(
                keys: keys, bytes: Int(try integer(answer.results[0], row, 2)) + keys * StoreUsage.bytesPerRecord)
        }
        if end < (try integer(answer.results[1], 0, 0)) { page.next = UInt64(end) }
        return page
    }

    private func integer(_ result: QueryResult, _ row: Int, _ column: Int) throws(RecordRow.Damage) -> Int64 {
        guard row < result.count, let value = result.integer(row, column) else {
            throw RecordRow.Damage(column: "\(column)")
        }
        return value
    }
}

extension RecordQuery.State {
    /// What a row of this state is like.
    fileprivate var condition: String {
        switch self {
        case .running: "r.state = 0 AND r.moment > (SELECT now FROM t)"
        case .lapsed: "r.state = 0 AND r.moment <= (SELECT now FROM t)"
        case .completed: "r.state = 1 AND r.expires > (SELECT now FROM t)"
        case .inDoubt: "r.state = 2"
        }
    }
}

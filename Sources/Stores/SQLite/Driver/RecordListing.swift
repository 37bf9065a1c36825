import Idempotency

/// Looks at many records, in one state of the database and at one reading.
struct RecordListing {
    /// The clocks, as they were when the reading began.
    let reading: ClockReading

    private let source: StatementSource
    private let table: RecordTable

    init(_ source: StatementSource, at reading: ClockReading) throws(SQLiteFailure) {
        self.source = source
        self.reading = reading
        table = try RecordTable(from: source)
    }

    /// The record of one key, or `nil` if it is vacant.
    func record(_ id: RecordID) throws -> Record? {
        Register(try table.record(id, at: reading)).current(at: reading.now)
    }

    /// A page of records, oldest claim first.
    func page(_ query: RecordQuery) throws -> RecordPage {
        let statement = try search(query)
        var entries: [RecordPage.Entry] = []
        while try statement.step() {
            guard let prefix = statement.integer(0),
                let id = statement.withBytes(1, { RecordID(prefix: prefix, tail: $0) }) ?? nil
            else { throw RecordRow.Damage(column: "tail").error }
            let entry = RecordPage.Entry(id: id, record: try table.read(statement, from: 2, at: reading))
            guard query.matches(entry, at: reading.now) else { continue }
            guard entries.count < query.limit else {
                return RecordPage(entries: entries, next: entries.last?.cursor, now: reading.now)
            }
            entries.append(entry)
        }
        return RecordPage(entries: entries, next: nil, now: reading.now)
    }

    /// How many records there are of each kind.
    func counts() throws -> RecordCounts {
        var counts = RecordCounts()
        counts.completed = try count("expires > ?1")
        counts.expired = try count("expires <= ?1")
        let open = try source.statement(
            "SELECT \(RecordRow.columns.joined(separator: ", ")) FROM idempotency_records WHERE expires IS NULL")
        while try open.step() {
            switch try table.read(open, from: 0, at: reading).queryState(at: reading.now) {
            case .running: counts.running += 1
            case .lapsed: counts.lapsed += 1
            case .inDoubt: counts.inDoubt += 1
            case .completed, nil: throw RecordRow.Damage(column: "expires").error
            }
        }
        return counts
    }

    /// What the live ones of the next `limit` rows take, by scope. Outcomes are not read for that, only their lengths.
    func usage(after cursor: UInt64?, limit: Int) throws -> UsagePage {
        let statement = try source.statement(
            """
            SELECT row, label_scope, coalesce(length(outcome), 0) + coalesce(length(checkpoint), 0),
                expires IS NULL OR expires > ?3
            FROM idempotency_records WHERE row > ?1 ORDER BY row LIMIT ?2
            """)
        try statement.bind(1, cursor.map { Int64(bitPattern: $0) } ?? .min)
        try statement.bind(2, Int64(limit))
        try statement.bind(3, reading.now.microseconds)
        var page = UsagePage()
        var count = 0
        var last: Int64 = 0
        while try statement.step() {
            count += 1
            last = statement.integer(0) ?? last
            guard statement.integer(3) == 1 else { continue }
            let scope = statement.text(1) ?? ""
            page.scopes[scope, default: StoreUsage()] += StoreUsage(record: Int(statement.integer(2) ?? 0))
        }
        if count == limit { page.next = UInt64(bitPattern: last) }
        return page
    }

    private func count(_ condition: String) throws -> Int {
        let statement = try source.statement("SELECT count(*) FROM idempotency_records WHERE \(condition)")
        try statement.bind(1, reading.now.microseconds)
        guard try statement.step(), let count = statement.integer(0) else { return 0 }
        return Int(count)
    }

    private func search(_ query: RecordQuery) throws -> Statement {
        var conditions = ["created >= ?1", "(created > ?1 OR (prefix, tail) > (?2, ?3))"]
        if !query.states.isEmpty, !query.states.contains(.completed) { conditions.append("expires IS NULL") }
        // The plus sign keeps SQLite from the index by expiry, after which it would have to sort everything.
        if query.states == [.completed] { conditions.append("+expires > ?4") }
        if query.key != nil { conditions.append("label_key = ?5") }
        let statement = try source.statement(
            "SELECT prefix, tail, \(RecordRow.columns.joined(separator: ", ")) FROM idempotency_records "
                + "WHERE \(conditions.joined(separator: " AND ")) ORDER BY created, prefix, tail")
        try statement.bind(1, query.after?.created.microseconds ?? .min)
        try statement.bind(2, query.after?.id.prefix ?? .min)
        if let after = query.after { try statement.bind(3, memoryOf: after.id.tail) } else { try statement.bind(3, []) }
        if query.states == [.completed] { try statement.bind(4, reading.now.microseconds) }
        if let key = query.key { try statement.bind(5, key) }
        return statement
    }
}

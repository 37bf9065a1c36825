import Idempotency

/// Looks at many records, in one state of the database and from one viewpoint.
struct RecordListing {
    /// The clocks, as they were when the reading began.
    let viewpoint: Viewpoint

    private let snapshot: Snapshot
    private var database: Database { snapshot.database }

    init(_ database: Database, from viewpoint: Viewpoint) {
        snapshot = Snapshot(database)
        self.viewpoint = viewpoint
    }

    /// The record of one key, or `nil` if it is vacant.
    func record(_ id: RecordID) throws -> Record? {
        Register(try find(id)).current(at: viewpoint.now)
    }

    /// A page of records, oldest claim first.
    func page(_ query: RecordQuery) throws -> RecordPage {
        let start = query.after.map { IndexKey.encode($0.created, $0.id) } ?? []
        var open = query.wantsOpen ? scan(.open, from: start) : nil
        var completed = query.wantsCompleted ? scan(.completed, from: start) : nil
        var entries: [RecordPage.Entry] = []
        while let family = try earlier(&open, &completed) {
            let scan = family == .open ? open : completed
            defer { scan?.next() }
            guard let entry = try scan.flatMap({ try entry(at: $0, in: family) }),
                query.matches(entry, at: viewpoint.now)
            else { continue }
            guard entries.count < query.limit else {
                return RecordPage(entries: entries, next: entries.last?.cursor, now: viewpoint.now)
            }
            entries.append(entry)
        }
        return RecordPage(entries: entries, next: nil, now: viewpoint.now)
    }

    /// How many records there are of each kind.
    func counts() throws -> RecordCounts {
        var counts = RecordCounts()
        let byExpiry = scan(.expiry, from: [])
        while let key = try byExpiry.key() {
            if let expires = IndexKey.time(of: key), expires > viewpoint.now {
                counts.completed += 1
            } else {
                counts.expired += 1
            }
            byExpiry.next()
        }
        let open = scan(.open, from: [])
        while try open.key() != nil {
            switch try entry(at: open, in: .open)?.record.queryState(at: viewpoint.now) {
            case .running: counts.running += 1
            case .lapsed: counts.lapsed += 1
            case .inDoubt: counts.inDoubt += 1
            case .completed, nil: break
            }
            open.next()
        }
        return counts
    }

    private func scan(_ family: Family, from start: [UInt8]) -> Scan {
        Scan(database, family, from: start, options: snapshot.options)
    }

    /// Which of two scans stands on the earlier key; one that has come to its end is given up.
    private func earlier(_ open: inout Scan?, _ completed: inout Scan?) throws -> Family? {
        let openKey = try open?.key()
        if openKey == nil { open = nil }
        let completedKey = try completed?.key()
        if completedKey == nil { completed = nil }
        switch (openKey, completedKey) {
        case (nil, nil): return nil
        case (_?, nil): return .open
        case (nil, _?): return .completed
        case (let a?, let b?): return a.lexicographicallyPrecedes(b) ? .open : .completed
        }
    }

    /// The record that an index entry stands for, or `nil` when it has expired, or is not what the entry says.
    private func entry(at scan: Scan, in family: Family) throws -> RecordPage.Entry? {
        if family == .completed, let expires = IndexKey.time(of: scan.value), expires <= viewpoint.now { return nil }
        guard let (created, id) = try scan.key().flatMap(IndexKey.decode), let record = try find(id) else { return nil }
        switch (IndexEntry(record), family) {
        case (.open(created), .open), (.completed(created, _), .completed):
            return RecordPage.Entry(id: id, record: record)
        default: return nil
        }
    }

    private func find(_ id: RecordID) throws -> Record? {
        try database.value(.records, id.key, options: snapshot.options) { value in
            try value.map { viewpoint.record(try RecordCoding.decode($0, id: id)) }
        }
    }
}

extension RecordQuery {
    /// Whether running or in-doubt records are asked for.
    fileprivate var wantsOpen: Bool { states.isEmpty || states != [.completed] }
    /// Whether completed records are asked for.
    fileprivate var wantsCompleted: Bool { states.isEmpty || states.contains(.completed) }
}

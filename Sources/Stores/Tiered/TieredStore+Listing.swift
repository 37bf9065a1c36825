public import Idempotency

extension TieredStore: ListingStore where Front: ListingStore, Base: ListingStore {
    /// The record of one key, or `nil` if it is vacant, with the clock of the store in front.
    ///
    /// What the store in front does not know is looked for behind.
    public func record(_ id: RecordID) async throws(StoreError) -> (record: Record?, now: Timestamp) {
        let (raw, now) = try await front.record(id)
        let seen = FrontRecord(raw)
        guard seen.raw == nil else { return (seen.record, now) }
        switch BaseRecord(try await base.record(id).record) {
        case .vacant, .blank: return (nil, now)
        case .truth(let record), .recoveryPoint(let record): return (record, now)
        }
    }

    /// A page of records, oldest claim first: what is under way from the store in front, what has ended from the one
    /// behind. A page may have fewer records than there are, also none, and still have a next one.
    public func records(_ query: RecordQuery) async throws(StoreError) -> RecordPage {
        func asks(_ states: Set<RecordQuery.State>) -> Bool {
            query.states.isEmpty || !query.states.isDisjoint(with: states)
        }
        let ends: Set<RecordQuery.State> = [.completed, .inDoubt]
        var settled = query
        settled.states = query.states.isEmpty ? ends : ends.intersection(query.states)
        guard asks([.running, .lapsed]) else { return try await base.records(settled) }
        // A lock is not what it seems: which state its record has is seen only here.
        var underWay = query
        underWay.states = [.running, .lapsed]
        var page = try await front.records(underWay)
        let now = page.now
        page.entries = page.entries.compactMap { entry in
            guard let record = FrontRecord(entry.record).record, let state = record.queryState(at: now),
                state == .running || state == .lapsed, asks([state])
            else { return nil }
            return RecordPage.Entry(id: entry.id, record: record)
        }
        guard asks(ends) else { return page }
        return page.merged(with: try await base.records(settled), limit: query.limit)
    }

    /// How many records there are of each kind.
    public func counts() async throws(StoreError) -> RecordCounts {
        let underWay = try await front.counts()
        var counts = try await base.counts()
        (counts.running, counts.lapsed) = (underWay.running, underWay.lapsed)
        return counts
    }
}

extension TieredStore: UsageStore where Base: UsageStore {
    /// What the records of each scope take behind: outcomes and doubts. What is under way is in front and not counted.
    public func usage(after cursor: UInt64?, limit: Int) async throws(StoreError) -> UsagePage {
        try await base.usage(after: cursor, limit: limit)
    }

    /// As behind.
    public func usageName(of scope: String) -> String { base.usageName(of: scope) }
}

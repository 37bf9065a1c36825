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
    /// behind, each as the store in front tells it where that has it.
    public func records(_ query: RecordQuery) async throws(StoreError) -> RecordPage {
        let underWay = try await page(of: [.running, .lapsed], query) { query throws(StoreError) in
            unlocked(try await front.records(query), states: query.states)
        }
        let settled = try await page(of: [.completed, .inDoubt], query) { query throws(StoreError) in
            try await asTold(try await base.records(query))
        }
        guard let underWay, let settled else {
            if let page = underWay ?? settled { return page }
            preconditionFailure("every query asks for a state of one of the stores")
        }
        return underWay.merged(with: settled, limit: query.limit)
    }

    /// The next records of a walk: first what is under way, over the store in front, then what has ended, over the one
    /// behind. What ends in between is seen behind.
    public func walk(from place: WalkPlace?, limit: Int) async throws(StoreError) -> WalkPage {
        let inner = place.map { WalkPlace(String($0.text.dropFirst())) }
        guard let inner, place?.text.first == Self.behind else {
            var page = try await front.walk(from: inner, limit: limit)
            page.entries = unlocked(page.entries, states: [.running, .lapsed], at: page.now)
            page.next = WalkPlace(page.next.map { "\(Self.inFront)\($0.text)" } ?? "\(Self.behind)")
            return page
        }
        var page = try await base.walk(from: inner.text.isEmpty ? nil : inner, limit: limit)
        // A walk that begins anew behind begins anew as a whole.
        guard !page.isFirst || inner.text.isEmpty else { return try await walk(from: nil, limit: limit) }
        let now = page.now
        page.entries = try await asTold(
            page.entries.filter { [.completed, .inDoubt].contains($0.record.queryState(at: now)) })
        page.next = page.next.map { WalkPlace("\(Self.behind)\($0.text)") }
        page.isFirst = false
        return page
    }

    private static var inFront: Character { "f" }
    private static var behind: Character { "b" }

    /// Asks for the states among these that are asked for, if there are any.
    private func page(
        of states: Set<RecordQuery.State>, _ query: RecordQuery,
        _ ask: (RecordQuery) async throws(StoreError) -> RecordPage
    ) async throws(StoreError) -> RecordPage? {
        var part = query
        part.states = query.states.isEmpty ? states : states.intersection(query.states)
        return part.states.isEmpty ? nil : try await ask(part)
    }

    /// The records under the locks of a page; those that have another state than asked for are left out.
    private func unlocked(_ page: RecordPage, states: Set<RecordQuery.State>) -> RecordPage {
        var page = page
        page.entries = unlocked(page.entries, states: states, at: page.now)
        return page
    }

    private func unlocked(
        _ entries: [RecordPage.Entry], states: Set<RecordQuery.State>, at now: Timestamp
    ) -> [RecordPage.Entry] {
        entries.compactMap { entry in
            guard let record = FrontRecord(entry.record).record, let state = record.queryState(at: now),
                states.contains(state)
            else { return nil }
            return RecordPage.Entry(id: entry.id, record: record)
        }
    }

    /// A page of the store behind, with the times that callers were told: those of the store in front.
    private func asTold(_ page: RecordPage) async throws(StoreError) -> RecordPage {
        var page = page
        page.entries = try await asTold(page.entries)
        return page
    }

    private func asTold(_ entries: [RecordPage.Entry]) async throws(StoreError) -> [RecordPage.Entry] {
        let told = await withTaskGroup(of: (RecordID, Result<Record?, StoreError>).self) { group in
            for id in entries.map(\.id) {
                group.addTask {
                    do throws(StoreError) {
                        return (id, .success(FrontRecord(try await self.front.record(id).record).record))
                    } catch {
                        return (id, .failure(error))
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        return try entries.map { entry throws(StoreError) in
            guard let record = try told[entry.id]?.get(), record.isAtPoint(of: entry.record) else { return entry }
            return RecordPage.Entry(id: entry.id, record: record)
        }
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

import Synchronization

extension MemoryStore: ListingStore, SweepingStore, UsageStore {
    /// The record of one key, or `nil` if it is vacant.
    public func record(_ id: RecordID) async throws(StoreError) -> (record: Record?, now: Timestamp) {
        let now = now
        return (contents.withLock { $0.registers[id]?.current(at: now) }, now)
    }

    /// A page of records, oldest claim first.
    public func records(_ query: RecordQuery) async throws(StoreError) -> RecordPage {
        let now = now
        let all = contents.withLock { contents in
            contents.registers.compactMap { id, register in
                register.current(at: now).map { RecordPage.Entry(id: id, record: $0) }
            }
        }
        let matching = all.filter { query.matches($0, at: now) }.sorted { $0.cursor < $1.cursor }
        let page = Array(matching.prefix(query.limit))
        return RecordPage(entries: page, next: matching.count > page.count ? page.last?.cursor : nil, now: now)
    }

    /// How many records there are of each kind.
    public func counts() async throws(StoreError) -> RecordCounts {
        let now = now
        return contents.withLock { contents in
            contents.registers.values.reduce(into: RecordCounts()) { counts, register in
                switch register.record?.queryState(at: now) {
                case .running: counts.running += 1
                case .lapsed: counts.lapsed += 1
                case .completed: counts.completed += 1
                case .inDoubt: counts.inDoubt += 1
                case nil: counts.expired += 1
                }
            }
        }
    }

    /// What the records of each scope take; all of them in one part.
    public func usage(after cursor: UInt64?, limit: Int) async throws(StoreError) -> UsagePage {
        let now = now
        return contents.withLock { contents in
            contents.registers.values.reduce(into: UsagePage()) { page, register in
                guard let record = register.current(at: now) else { return }
                page.scopes[record.label.scope, default: StoreUsage()] += StoreUsage(record: record.payload)
            }
        }
    }

    /// Removes up to `limit` expired records.
    public func sweep(limit: Int) async throws(StoreError) -> Int {
        let now = now
        return contents.withLock { contents in
            let expired = contents.registers.lazy
                .filter { $0.value.record?.isExpired(at: now) ?? true }
                .prefix(limit).map(\.key)
            let ids = Array(expired)
            for id in ids { contents.registers[id] = nil }
            return ids.count
        }
    }
}

extension Record {
    /// The bytes of outcome and checkpoint.
    package var payload: Int {
        if case .completed(let outcome, _, _) = state {
            outcome.bytes.count + checkpoint.count
        } else {
            checkpoint.count
        }
    }
}

extension RecordQuery {
    /// Whether an entry belongs in the listing and lies behind the cursor.
    package func matches(_ entry: RecordPage.Entry, at now: Timestamp) -> Bool {
        guard let state = entry.record.queryState(at: now) else { return false }
        return (states.isEmpty || states.contains(state)) && (key.map { $0 == entry.record.label.key } ?? true)
            && (after.map { $0 < entry.cursor } ?? true)
    }
}

extension RecordQuery.Cursor: Comparable {
    /// Earlier claims first, then smaller ids.
    public static func < (a: Self, b: Self) -> Bool {
        a.created == b.created ? a.id.digest.words < b.id.digest.words : a.created < b.created
    }
}

extension RecordPage.Entry {
    /// The place right after this entry.
    package var cursor: RecordQuery.Cursor { .init(created: record.created, id: id) }
}

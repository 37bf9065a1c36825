public import Idempotency

extension EncryptedStore: ListingStore where Base: ListingStore {
    /// The record of one key, or `nil` if it is vacant. One that cannot be read is shown without what it holds.
    public func record(_ id: RecordID) async throws(StoreError) -> (record: Record?, now: Timestamp) {
        let sealer = sealer
        let (record, now) = try await base.record(id)
        return (record.map { sealer.shown($0, of: id) }, now)
    }

    /// A page of records, oldest claim first. Those that cannot be read are shown without what they hold.
    public func records(_ query: RecordQuery) async throws(StoreError) -> RecordPage {
        let sealer = sealer
        var sealed = query
        if let key = query.key { sealed.key = Pseudonym.key(key, sealer.chain.keys.names) }
        var page = try await base.records(sealed)
        if query.key != nil, sealer.chain.keys.plaintext == .accept {
            page = page.merged(with: try await base.records(query), limit: query.limit)
        }
        page.entries = page.entries.map { .init(id: $0.id, record: sealer.shown($0.record, of: $0.id)) }
        return page
    }

    /// The next records of a walk. Those that cannot be read are shown without what they hold.
    public func walk(from place: WalkPlace?, limit: Int) async throws(StoreError) -> WalkPage {
        let sealer = sealer
        var page = try await base.walk(from: place, limit: limit)
        page.entries = page.entries.map { .init(id: $0.id, record: sealer.shown($0.record, of: $0.id)) }
        return page
    }

    /// How many records there are of each kind.
    public func counts() async throws(StoreError) -> RecordCounts {
        try await base.counts()
    }
}

extension EncryptedStore: SweepingStore where Base: SweepingStore {
    /// Removes up to `limit` expired records.
    public func sweep(limit: Int) async throws(StoreError) -> Int {
        try await base.sweep(limit: limit)
    }
}

extension EncryptedStore: WakingStore where Base: WakingStore {
    /// Returns when the record of this key may have changed.
    public func change(of id: RecordID, within limit: Duration) async {
        await base.change(of: id, within: limit)
    }

    /// Whether the store below does.
    public var hearsOtherProcesses: Bool { base.hearsOtherProcesses }
}

extension EncryptedStore: UsageStore where Base: UsageStore {
    /// What the records of each scope take, by pseudonyms.
    public func usage(after cursor: UInt64?, limit: Int) async throws(StoreError) -> UsagePage {
        let page = try await base.usage(after: cursor, limit: limit)
        var told = UsagePage(next: page.next)
        for (scope, usage) in page.scopes {
            let name = ScopeName(text: scope) == nil ? usageName(of: scope) : scope
            told.scopes[name, default: StoreUsage()] += usage
        }
        return told
    }

    /// The pseudonym of a scope.
    public func usageName(of scope: String) -> String {
        ScopeName(scope, names: sealer.chain.keys.names).text
    }
}

extension Sealer {
    /// A record as operators see it: what cannot be read says so, and does not hide the others.
    fileprivate func shown(_ record: Record, of id: RecordID) -> Record {
        do throws(StoreError) {
            return switch try open(record, of: id) {
            case .readable(let record), .erased(let record): record
            }
        } catch {
            // Nobody may take it for a request of its own.
            var shown = Self.erased(record, note: "(cannot be read) \(error.message)")
            shown.fingerprint = Fingerprint(algorithm: Self.algorithm, digest: record.fingerprint.digest)
            return shown
        }
    }
}

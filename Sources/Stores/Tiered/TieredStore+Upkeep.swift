public import Idempotency

extension TieredStore: SweepingStore where Front: SweepingStore, Base: SweepingStore & ListingStore {
    /// Removes up to `limit` expired records from each of the stores, and once an hour the markers behind that have
    /// done their work.
    public func sweep(limit: Int) async throws(StoreError) -> Int {
        let inFront = try await front.sweep(limit: limit)
        let behind = try await base.sweep(limit: limit)
        if behind < limit, isMarkerSweepDue() { try await sweepMarkers() }
        // Fewer than the limit means that none is left, in either.
        return max(inFront, behind)
    }

    /// Removes markers without meaning that nobody has replaced for an hour: whatever they had to stop has failed long
    /// since.
    private func sweepMarkers() async throws(StoreError) {
        var query = RecordQuery(states: [.lapsed], limit: 1000)
        while true {
            let page = try await base.records(query)
            for entry in page.entries where entry.record.attempt == 0 {
                guard case .running(let made) = entry.record.state, page.now - made > markerAge else { continue }
                let seen = Expectation.unrenewed(entry.record.owner, renewals: entry.record.renewals)
                _ = try await base.exchange(Exchange(entry.id, expecting: seen, next: nil))
            }
            guard let next = page.next else { return }
            query.after = next
        }
    }
}

extension TieredStore: WakingStore where Front: WakingStore {
    /// As in front, where every change is seen.
    public func change(of id: RecordID, within limit: Duration) async {
        await front.change(of: id, within: limit)
    }

    /// Whether the store in front does.
    public var hearsOtherProcesses: Bool { front.hearsOtherProcesses }
}

extension TieredStore: RewritingStore where Front: RewritingStore, Base: RewritingStore {
    /// Rewrites in both stores what they have of the record.
    public func rewrite(_ id: RecordID, seen: Record, as content: RecordContent) async throws(StoreError) -> Bool {
        var inFront = content
        inFront.checkpoint = FrontRecord.plain(content.checkpoint)
        let isBehind = try await base.rewrite(id, seen: seen, as: content)
        let isInFront = try await front.rewrite(id, seen: seen, as: inFront)
        return seen.isRunning ? isInFront : isBehind
    }
}

public import Idempotency
import IdempotencyListing

extension RedisStore: UsageStore {
    /// What the records of each scope take, about `limit` keys at a time.
    public func usage(after cursor: UInt64?, limit: Int) async throws(StoreError) -> UsagePage {
        let scans = try await scans()
        // The places in one server are numbers of its own.
        var place = ScanPlace(cursor: cursor ?? 0)
        if scans.count > 1 { place = cursor.flatMap(context.places.place) ?? ScanPlace() }
        guard place.node < scans.count else { return UsagePage() }
        let scan = scans[place.node]
        let now = try await scan.time()
        let (items, next) = try await scan.next(after: place.cursor, count: limit)
        var page = UsagePage()
        for item in items where !item.record.isExpired(at: now) {
            page.scopes[item.record.label.scope, default: StoreUsage()] += StoreUsage(record: item.payload)
        }
        if scans.count == 1 {
            page.next = next
        } else if let next {
            page.next = context.places.number(.init(node: place.node, cursor: next))
        } else if place.node + 1 < scans.count {
            page.next = context.places.number(.init(node: place.node + 1))
        }
        return page
    }
}

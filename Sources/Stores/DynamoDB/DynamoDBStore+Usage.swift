public import Idempotency
import IdempotencyListing

extension DynamoDBStore: UsageStore {
    /// What the records of each scope take, `limit` items at a time.
    public func usage(after cursor: UInt64?, limit: Int) async throws(StoreError) -> UsagePage {
        let scan = RecordScan(context: context, isConsistent: false)
        let now = context.clock.read().now
        let (entries, last) = try await scan.next(after: cursor.flatMap(context.places.place), limit: max(limit, 1))
        var page = UsagePage()
        for entry in entries {
            guard let record = entry.item.record, !record.isExpired(at: now) else { continue }
            page.scopes[record.label.scope, default: StoreUsage()] += StoreUsage(record: entry.item.payload)
        }
        page.next = last.map(context.places.number)
        return page
    }
}

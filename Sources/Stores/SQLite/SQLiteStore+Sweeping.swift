public import Idempotency
import IdempotencyLanes

extension SQLiteStore: SweepingStore {
    /// The most records that one transaction removes: a few milliseconds, for which foreground writes wait at most.
    static let sweepBatch = 250

    /// Removes up to `limit` expired records, in transactions of 250 at most, between which all that is queued is
    /// served.
    public func sweep(limit: Int) async throws(StoreError) -> Int {
        var removed = 0
        while removed < limit {
            let batch = min(limit - removed, Self.sweepBatch)
            let result = await withCheckedContinuation { continuation in
                lane.submit(.sweep(limit: batch) { continuation.resume(returning: $0) })
            }
            let count = try result.get()
            removed += count
            guard count == batch else { break }
        }
        return removed
    }
}

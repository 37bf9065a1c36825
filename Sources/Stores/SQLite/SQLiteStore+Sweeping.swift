public import Idempotency
import IdempotencyEmbedded

extension SQLiteStore: SweepingStore {
    /// The most records that one transaction removes: a few milliseconds, for which foreground writes wait at most.
    static let sweepBatch = 250

    /// Removes up to `limit` expired records, in transactions of 250 at most, between which all that is queued is
    /// served.
    public func sweep(limit: Int) async throws(StoreError) -> Int {
        try await lane.sweep(limit: limit, batch: Self.sweepBatch)
    }
}

public import Idempotency
import IdempotencyEmbedded

extension RocksDBStore: SweepingStore {
    /// The most records that one write removes: a few milliseconds, for which foreground writes wait at most.
    static let sweepBatch = 250

    /// Removes up to `limit` expired records, in writes of 250 at most, between which all that is queued is served.
    ///
    /// Compaction removes expired records too, at no cost of its own; sweeping only brings it forward.
    public func sweep(limit: Int) async throws(StoreError) -> Int {
        try await lane.sweep(limit: limit, batch: Self.sweepBatch)
    }
}

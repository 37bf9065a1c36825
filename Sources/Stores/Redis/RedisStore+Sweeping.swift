public import Idempotency

extension RedisStore: SweepingStore {
    /// Does nothing: the server removes what has expired by itself, an hour after that (`fenceMemory`).
    public func sweep(limit: Int) async throws(StoreError) -> Int { 0 }
}

import Idempotency

/// How far away a store is: `Once` asks one that answers at once without suspending a task.
enum Distance: CaseIterable {
    case atOnce, afterWaiting

    /// The store itself, or a way to it that takes waiting.
    func store(_ store: MemoryStore) -> any RecordStore {
        switch self {
        case .atOnce: store
        case .afterWaiting: DistantStore(base: store)
        }
    }
}

private struct DistantStore: WakingStore {
    let base: MemoryStore

    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        await Task.yield()
        return try await base.exchange(exchange)
    }

    func change(of id: RecordID, within limit: Duration) async {
        await base.change(of: id, within: limit)
    }
}

import Idempotency
import Synchronization

/// A store that can be switched off.
final class BrokenStore: RecordStore {
    private let isBroken: Mutex<Bool>
    private let store = MemoryStore()

    init(isBroken: Bool = true) {
        self.isBroken = Mutex(isBroken)
    }

    func set(isBroken: Bool) {
        self.isBroken.withLock { $0 = isBroken }
    }

    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        guard !isBroken.withLock({ $0 }) else {
            throw StoreError(.unavailable, "It is switched off.", effect: .notApplied)
        }
        return try await store.exchange(exchange)
    }
}

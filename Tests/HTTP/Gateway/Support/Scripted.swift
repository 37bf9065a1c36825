import Idempotency
import Synchronization

/// A store that fails, delays or loses replies as the test says; underneath it is a `MemoryStore`.
final class ScriptedStore: SubmittingStore {
    /// What happens to an exchange.
    enum Fault: Sendable {
        /// It is carried out.
        case none
        /// It fails without having been carried out.
        case refused
        /// It is carried out, and its reply is lost.
        case replyLost
    }

    typealias Script = @Sendable (Int, Exchange) -> Fault

    let memory: MemoryStore
    private let script: Script
    private let count = Mutex(0)

    /// - Parameter script: Is given the number of the exchange, from 1, and the exchange.
    init(_ memory: MemoryStore = MemoryStore(), _ script: @escaping Script) {
        self.memory = memory
        self.script = script
    }

    var exchanges: Int { count.withLock { $0 } }

    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        try await memory.exchange(exchange)
    }

    func submit(
        _ exchange: Exchange, completion: @escaping @Sendable (Result<ExchangeReply, StoreError>) -> Void
    ) {
        let number = count.withLock { count in
            count += 1
            return count
        }
        switch script(number, exchange) {
        case .none: memory.submit(exchange, completion: completion)
        case .refused: completion(.failure(StoreError(.unavailable, "down", effect: .notApplied)))
        case .replyLost:
            memory.submit(exchange) { _ in
                completion(.failure(StoreError(.unavailable, "lost", effect: .unknown)))
            }
        }
    }
}

/// A store that only tasks can call.
struct TaskOnlyStore: RecordStore {
    let memory = MemoryStore()

    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        await Task.yield()
        return try await memory.exchange(exchange)
    }
}

/// A store clock that the test moves.
final class ManualStoreClock: StoreClock {
    private let time = Mutex(Timestamp(microseconds: 1_000_000))

    var now: Timestamp { time.withLock { $0 } }

    func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }
}

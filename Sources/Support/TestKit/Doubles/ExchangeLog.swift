public import Idempotency
import Synchronization

/// A history of exchanges: what was called and returned, in one order over all threads.
public final class ExchangeLog: Sendable {
    private struct State {
        var entries: [RecordedExchange] = []
        var order: UInt64 = 0

        mutating func tick() -> UInt64 {
            order += 1
            return order
        }
    }

    private let state = Mutex(State())

    /// An empty history.
    public init() {}

    /// All exchanges in the order in which they were called.
    public var entries: [RecordedExchange] { state.withLock { $0.entries } }

    /// Forgets all exchanges; none may be under way.
    public func removeAll() {
        state.withLock { $0.entries = [] }
    }

    /// Writes down a call, and gives its number for `end`.
    public func begin(_ exchange: Exchange) -> Int {
        state.withLock { state in
            state.entries.append(RecordedExchange(exchange: exchange, called: state.tick()))
            return state.entries.count - 1
        }
    }

    /// Writes down the return of call number `call`.
    public func end(_ call: Int, _ result: Result<ExchangeReply, StoreError>) {
        state.withLock { state in
            state.entries[call].returned = state.tick()
            state.entries[call].result = result
        }
    }

    /// Does an exchange and writes down both ends of it.
    public func exchange(_ exchange: Exchange, on store: any RecordStore) async throws(StoreError) -> ExchangeReply {
        let call = begin(exchange)
        do {
            let reply = try await store.exchange(exchange)
            end(call, .success(reply))
            return reply
        } catch {
            end(call, .failure(error))
            throw error
        }
    }
}

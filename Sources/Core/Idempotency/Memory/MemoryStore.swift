import Synchronization

/// The specification of a store behind a lock: for tests, for development, and for caches that may be lost.
///
/// It behaves at every edge as the durable stores do (expiry, fences, stamps); only the durability is missing.
public final class MemoryStore: RecordStore, SubmittingStore, ImmediateStore {
    struct Contents {
        var registers: [RecordID: Register] = [:]
        var lastFence = Fence(0)

        /// One look-up for both, the record and its place.
        mutating func apply(_ exchange: Exchange, _ clock: any StoreClock) -> ExchangeReply {
            // The clock is read inside the lock: time never runs backwards between two exchanges.
            let now = clock.now
            let (reply, isVacant) = registers[exchange.id, default: Register()].apply(
                exchange, now: now, lastFence: &lastFence)
            if isVacant { registers[exchange.id] = nil }
            return reply
        }
    }

    let contents = Mutex(Contents())
    let bell = Bell()
    private let clock: any StoreClock

    /// An empty store that reads the given clock.
    public init(clock: any StoreClock = .system) {
        self.clock = clock
    }

    /// Replaces the record of a key if it is the expected one; never fails.
    public func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        apply(exchange)
    }

    /// Replaces the record and calls back before it returns.
    public func submit(
        _ exchange: Exchange, completion: @escaping @Sendable (Result<ExchangeReply, StoreError>) -> Void
    ) {
        completion(.success(apply(exchange)))
    }

    /// Never waits.
    package func replyAtOnce(to exchange: Exchange) -> ExchangeReply? {
        apply(exchange)
    }

    var now: Timestamp { clock.now }

    private func apply(_ exchange: Exchange) -> ExchangeReply {
        let reply = contents.withLock { $0.apply(exchange, clock) }
        if case .stored = reply { bell.strike(exchange.id) }
        return reply
    }
}

extension Register {
    fileprivate mutating func apply(
        _ exchange: Exchange, now: Timestamp, lastFence: inout Fence
    ) -> (reply: ExchangeReply, isVacant: Bool) {
        let reply = self.exchange(
            expecting: exchange.expecting, next: exchange.next, now: now, lastFence: &lastFence)
        return (reply, record == nil)
    }
}

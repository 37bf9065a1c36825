import Idempotency
import Synchronization
import Testing

@Suite("An operation that is cancelled just as it ends") struct CancelledSettlingTests {
    /// Counts how often it is slept on.
    private final class CountingClock: LocalClock {
        private let clock = SystemLocalClock()
        private let count = Mutex(0)

        var sleeps: Int { count.withLock { $0 } }
        var now: Moment { clock.now }

        func sleep(until moment: Moment) async throws {
            count.withLock { $0 += 1 }
            try await clock.sleep(until: moment)
        }
    }

    /// Is down for the first settlements, and has the task that asks cancelled meanwhile: as a watchdog does that fired
    /// before the end of the operation was known and reaches its task only now.
    private final class LateWatchdogStore: RecordStore {
        let memory = MemoryStore()
        let outages = Mutex(3)

        func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
            if case .completed = exchange.next?.state {
                let isDown = outages.withLock { left in
                    left -= 1
                    return left >= 0
                }
                withUnsafeCurrentTask { $0?.cancel() }
                if isDown { throw StoreError(.unavailable, "down", effect: .notApplied) }
            }
            return try await memory.exchange(exchange)
        }
    }

    @Test("Its outcome is written when the store is back, and nothing spins until then")
    func spins() async throws {
        let clock = CountingClock()
        var configuration = Once.Configuration()
        // One beat of the pacemaker, at most, while this runs.
        configuration.lease = .seconds(600)
        let once = Once(
            store: LateWatchdogStore(), interrupted: .hold, configuration: configuration, clock: clock)
        let key = try IdempotencyKey("order-1")
        #expect(try await once.perform(key, scope: "pay") { _ in 42 } == 42)
        #expect(clock.sleeps < 10, "each outage is waited for, not spun through")
    }
}

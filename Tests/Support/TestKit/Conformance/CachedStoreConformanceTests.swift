import Idempotency
import IdempotencyTestKit
import Testing

@Suite("The cache of completed records") struct CachedStoreConformanceTests {
    @Test("In front of a store it changes no answer", arguments: StoreConformance.checks)
    func conforms(check: ConformanceCheck) async throws {
        let clock = ManualClock()
        var effort = ConformanceEffort()
        // The cache counts an entry's age from the sending, so that its clock is ahead of the store's by the latency:
        // here by as much as the test moves the clock meanwhile.
        effort.clockTolerance = .seconds(3_600)
        let suite = StoreConformance(clock: clock, effort: effort) {
            CachedStore(MemoryStore(clock: clock), configuration: .init(), clock: clock.local)
        }
        try await suite.run(check)
    }
}

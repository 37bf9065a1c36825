import Idempotency
import IdempotencyTestKit
import Testing

@Suite("The in-memory store") struct MemoryStoreConformanceTests {
    @Test("On a manual clock it passes", arguments: StoreConformance.checks)
    func manualClock(check: ConformanceCheck) async throws {
        let clock = ManualClock()
        #expect(try await StoreConformance(clock: clock) { MemoryStore(clock: clock) }.run(check) == .passed)
    }

    @Test("On the clock of the machine it passes", arguments: StoreConformance.checks)
    func systemClock(check: ConformanceCheck) async throws {
        #expect(try await StoreConformance { MemoryStore() }.run(check) == .passed)
    }

    @Test(
        "Behind the recording and the faulty store it passes, so that these change nothing by themselves",
        arguments: StoreConformance.checks)
    func doubles(check: ConformanceCheck) async throws {
        let clock = ManualClock()
        let suite = StoreConformance(clock: clock) { RecordingStore(FaultyStore(MemoryStore(clock: clock))) }
        #expect(try await suite.run(check) == .passed)
    }
}

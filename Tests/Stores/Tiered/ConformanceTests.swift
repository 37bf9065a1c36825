import Idempotency
import IdempotencyTestKit
import IdempotencyTiered
import StoreTestParts
import Testing

/// The suite that every store passes.
@Suite("Conformance of tiered stores") struct ConformanceTests {
    /// A write to the store behind must not arrive when the retention of another outcome is over: with a clock that
    /// leaps it would.
    private var effort: ConformanceEffort {
        var effort = ConformanceEffort()
        effort.expiresInHistories = false
        return effort
    }

    @Test("One instance over two stores in memory", arguments: StoreConformance.checks)
    func memory(check: ConformanceCheck) async throws {
        let clock = ManualClock()
        try await StoreConformance(clock: clock, effort: effort) {
            TieredStore(front: MemoryStore(clock: clock), base: MemoryStore(clock: clock), logger: silent)
        }.run(check)
    }

    @Test("Three instances over two stores in memory", arguments: StoreConformance.checks)
    func threeInstances(check: ConformanceCheck) async throws {
        let clock = ManualClock()
        try await StoreConformance(clock: clock, effort: effort) { body in
            let (front, base) = (MemoryStore(clock: clock), MemoryStore(clock: clock))
            try await body((0..<3).map { _ in TieredStore(front: front, base: base, logger: silent) })
        }.run(check)
    }
}

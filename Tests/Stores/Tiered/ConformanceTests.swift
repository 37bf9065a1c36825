import Idempotency
import IdempotencyTestKit
import IdempotencyTiered
import StoreTestParts
import Testing

/// The suite that every store passes.
@Suite("Conformance of tiered stores") struct ConformanceTests {
    private var effort: ConformanceEffort {
        var effort = ConformanceEffort()
        effort.writesInSteps = true
        return effort
    }

    /// With real servers: round trips of a machine that may be busy have to fit in.
    private var serverEffort: ConformanceEffort {
        var effort = effort
        effort.shortRetention = .milliseconds(200)
        effort.steps = 300
        effort.crowd = 200
        effort.histories = 6
        effort.largestPayload = 1 << 16
        // Outcomes that are kept while the store in front cannot be told are stamped by the one behind.
        effort.clockTolerance = .milliseconds(5)
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

    @Test("Redis in front of PostgreSQL, two instances", arguments: StoreConformance.checks)
    func servers(check: ConformanceCheck) async throws {
        try await StoreConformance(effort: serverEffort) { body in
            try await TieredStore.useServers(2) { stores, _ in try await body(stores) }
        }.run(check)
    }
}

import Idempotency
import IdempotencyPostgres
import IdempotencyTestKit
import StoreTestParts
import Testing

/// The suite that every store passes, through the cache of completed records.
@Suite struct CachedConformanceTests {
    /// A cache exchanges, no more.
    private static let checks = StoreConformance.checks.filter { $0.abilities.isEmpty }

    @Test(
        "A cache in front of each of two instances on one table changes no answer", arguments: checks)
    func sharedTable(check: ConformanceCheck) async throws {
        var effort = ConformanceEffort()
        effort.shortRetention = .milliseconds(150)
        effort.crowd = 50
        effort.steps = 100
        effort.histories = 2
        effort.largestPayload = 1 << 16
        // A cache counts an entry's age from the sending, so that its clock is ahead of the store's by the latency.
        effort.clockTolerance = .seconds(1)
        let result = try await StoreConformance(effort: effort) { body in
            try await PostgresStore.use(2) { stores, _ in try await body(stores.map { CachedStore($0) }) }
        }.run(check)
        #expect(result == .passed)
    }
}

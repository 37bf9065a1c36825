import Idempotency
import IdempotencySQLite
import IdempotencyTestKit
import StoreTestParts
import Testing

/// The suite that every store passes, through the cache of completed records.
@Suite struct CachedConformanceTests {
    /// A cache exchanges, no more.
    private static let checks = StoreConformance.checks.filter { $0.abilities.isEmpty }

    @Test(
        "A cache in front of each of three instances on one file changes no answer", arguments: checks)
    func sharedFile(check: ConformanceCheck) async throws {
        var effort = ConformanceEffort()
        effort.crowd = 200
        effort.steps = 200
        effort.histories = 3
        effort.largestPayload = 1 << 16
        // A cache counts an entry's age from the sending, so that its clock is ahead of the store's by the latency.
        effort.clockTolerance = .seconds(1)
        let result = try await StoreConformance(effort: effort) { body in
            let directory = try TestDirectory()
            var stores: [SQLiteStore] = []
            for _ in 0..<3 { stores.append(try await SQLiteStore.test(directory.file())) }
            try await body(stores.map { CachedStore($0) })
            for store in stores { await store.close() }
        }.run(check)
        #expect(result == .passed)
    }
}

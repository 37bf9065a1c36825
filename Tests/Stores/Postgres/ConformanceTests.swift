import Idempotency
import IdempotencyPostgres
import IdempotencyTestKit
import PostgresTestServer
import StoreTestParts
import Testing

/// The suite that every store passes.
@Suite struct ConformanceTests {
    /// What a server on a busy machine needs: its retentions have to outlast a few commits.
    private static var effort: ConformanceEffort {
        var effort = ConformanceEffort()
        effort.shortRetention = .milliseconds(150)
        effort.steps = 600
        effort.histories = 8
        return effort
    }

    @Test("On a real server, one instance", arguments: StoreConformance.checks)
    func oneInstance(check: ConformanceCheck) async throws {
        try await StoreConformance(effort: Self.effort) { body in
            try await PostgresStore.use { stores, _ in try await body(stores) }
        }.run(check)
    }

    @Test("On a real server, three instances on one table", arguments: StoreConformance.checks)
    func threeInstances(check: ConformanceCheck) async throws {
        try await StoreConformance(effort: Self.effort) { body in
            try await PostgresStore.use(3) { stores, _ in try await body(stores) }
        }.run(check)
    }

    @Test("Two processes on one table", arguments: RemoteStore.checks)
    func twoProcesses(check: ConformanceCheck) async throws {
        try await StoreConformance(effort: Self.effort) { body in
            try await PostgresStore.use { stores, place in
                try await RemoteStore.use(place.url) { other in try await body([stores[0], other]) }
            }
        }.run(check)
    }
}

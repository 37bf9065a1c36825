import Idempotency
import IdempotencyRedis
import IdempotencyTestKit
import RedisTestParts
import StoreTestParts
import Testing

/// The suite that every store passes, against a real server.
@Suite struct ConformanceTests {
    private var effort: ConformanceEffort {
        var effort = ConformanceEffort()
        // Round trips of a machine that may be busy have to fit in.
        effort.shortRetention = .milliseconds(150)
        effort.histories = 8
        return effort
    }

    /// Where several instances meet, it is about the races.
    private var sharedEffort: ConformanceEffort {
        var effort = effort
        effort.steps = 300
        effort.crowd = 300
        effort.largestPayload = 1 << 16
        return effort
    }

    @Test("One instance of the store", arguments: StoreConformance.checks)
    func oneInstance(check: ConformanceCheck) async throws {
        try await StoreConformance(effort: effort) { body in
            let server = try await RedisServer.start(.never)
            let store = try await server.open()
            try await body([store])
            await store.close()
        }.run(check)
    }

    @Test("Three instances that share a server", arguments: StoreConformance.checks)
    func threeInstances(check: ConformanceCheck) async throws {
        try await StoreConformance(effort: sharedEffort) { body in
            let server = try await RedisServer.start(.never)
            let stores = [try await server.open(), try await server.open(), try await server.open()]
            try await body(stores)
            for store in stores { await store.close() }
        }.run(check)
    }

    @Test("Two processes on one server", arguments: RemoteStore.checks)
    func twoProcesses(check: ConformanceCheck) async throws {
        try await StoreConformance(effort: sharedEffort) { body in
            let server = try await RedisServer.start(.never)
            let store = try await server.open()
            try await RemoteStore.use("redis:\(server.port)") { other in try await body([store, other]) }
            await store.close()
        }.run(check)
    }
}

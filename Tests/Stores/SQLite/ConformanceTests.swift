import Idempotency
import IdempotencySQLite
import IdempotencyTestKit
import StoreTestParts
import Testing

/// The suite that every store passes.
@Suite struct ConformanceTests {
    @Test("On the machine's clocks, three instances on one file", arguments: StoreConformance.checks)
    func sharedFile(check: ConformanceCheck) async throws {
        try await StoreConformance { body in
            let directory = try TestDirectory()
            var stores: [SQLiteStore] = []
            for _ in 0..<3 { stores.append(try await SQLiteStore.test(directory.file())) }
            try await body(stores)
            for store in stores { await store.close() }
        }.run(check)
    }

    @Test("Two processes on one file", arguments: RemoteStore.checks)
    func twoProcesses(check: ConformanceCheck) async throws {
        try await StoreConformance(effort: ConformanceEffort()) { body in
            let directory = try TestDirectory()
            let store = try await SQLiteStore.test(directory.file())
            try await RemoteStore.use("sqlite:\(directory.file())") { other in try await body([store, other]) }
            await store.close()
        }.run(check)
    }
}

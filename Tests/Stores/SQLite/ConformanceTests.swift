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
}

import Idempotency
import IdempotencyRocksDB
import IdempotencyTestKit
import StoreTestParts
import Testing

/// The suite that every store passes.
@Suite struct ConformanceTests {
    @Test("On the machine's clocks", arguments: StoreConformance.checks)
    func machineClocks(check: ConformanceCheck) async throws {
        try await StoreConformance { body in
            let directory = try TestDirectory()
            let store = try await RocksDBStore.test(directory)
            try await body([store])
            await store.close()
        }.run(check)
    }
}

import Idempotency
import IdempotencyEncrypted
import IdempotencyRocksDB
import IdempotencySQLite
import IdempotencyTestKit
import StoreTestParts
import Testing

/// The suite that every store passes, through the encryption.
@Suite("Conformance of encrypted stores") struct ConformanceTests {
    @Test("Over the store in memory", arguments: StoreConformance.checks)
    func memory(check: ConformanceCheck) async throws {
        let clock = ManualClock()
        let keys = try EncryptionKeys(generating: "test")
        let suite = StoreConformance(clock: clock) { EncryptedStore(MemoryStore(clock: clock), keys: keys) }
        // Nobody rewrites what is encrypted but the encryption itself.
        let expected = check.abilities.contains(.rewriting) ? ConformanceResult.skipped(.rewriting) : .passed
        #expect(try await suite.run(check) == expected)
    }

    @Test("Over SQLite, three instances on one file", arguments: StoreConformance.checks)
    func sqlite(check: ConformanceCheck) async throws {
        let keys = try EncryptionKeys(generating: "test")
        try await StoreConformance { body in
            let directory = try TestDirectory()
            var stores: [SQLiteStore] = []
            for _ in 0..<3 { stores.append(try await SQLiteStore.open(directory.file(), logger: silent)) }
            try await body(stores.map { EncryptedStore($0, keys: keys) })
            for store in stores { await store.close() }
        }.run(check)
    }
}

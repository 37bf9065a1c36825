import Idempotency
import IdempotencySQLite
import IdempotencyTestKit
import StoreTestParts
import Testing

/// The suite that every store passes.
@Suite struct ConformanceTests {
    @Test("With a clock moved by hand, at the very microsecond of every expiry", arguments: StoreConformance.checks)
    func manualClock(check: ConformanceCheck) async throws {
        let clock = ManualClock()
        try await StoreConformance(clock: clock) { body in
            let directory = try TestDirectory()
            let store = try await SQLiteStore.test(directory.file(), clock: ManualMachineClock(clock: clock))
            try await body([store])
            await store.close()
        }.run(check)
    }

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

import Idempotency
import IdempotencyRocksDB
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
            let store = try await RocksDBStore.test(directory, clock: ManualMachineClock(clock: clock))
            try await body([store])
            await store.close()
        }.run(check)
    }

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

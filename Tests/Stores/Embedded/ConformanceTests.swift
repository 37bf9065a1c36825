import IdempotencyTestKit
import StoreTestParts
import Testing

/// The suite that every store passes.
@Suite struct ConformanceTests {
    @Test(
        "With a clock moved by hand, at the very microsecond of every expiry", arguments: EmbeddedStore.allCases,
        StoreConformance.checks)
    func manualClock(kind: EmbeddedStore, check: ConformanceCheck) async throws {
        let clock = ManualClock()
        try await StoreConformance(clock: clock) { body in
            let directory = try TestDirectory()
            let store = try await kind.open(in: directory, clock: ManualMachineClock(clock: clock))
            try await body([store])
            await store.close()
        }.run(check)
    }
}

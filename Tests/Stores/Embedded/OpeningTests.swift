import Idempotency
import StoreTestParts
import Testing

/// What every embedded store asks of the machine.
@Suite struct OpeningTests {
    private struct BootlessClock: MachineClock {
        let bootID: String?
        var now: Timestamp { Timestamp(microseconds: 1) }
        var uptime: Duration { .seconds(1) }
    }

    @Test(
        "A store is not opened where the system does not tell in which boot it is", arguments: EmbeddedStore.allCases,
        [nil, ""])
    func noBoot(kind: EmbeddedStore, boot: String?) async throws {
        let directory = try TestDirectory()
        let error = await #expect(throws: StoreError.self) {
            _ = try await kind.open(in: directory, clock: BootlessClock(bootID: boot))
        }
        #expect(error?.code == .misuse)
        #expect(error?.effect == .notApplied)
        #expect(error?.message.contains("/proc/sys/kernel/random/boot_id") == true)
    }
}

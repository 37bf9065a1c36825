import Idempotency
import IdempotencyEmbedded
import Synchronization
import Testing

/// The two clocks of a reading belong together.
@Suite struct MachineReadingTests {
    /// Clocks that jump a minute ahead after the first look at the wall clock.
    private final class JumpingClock: MachineClock {
        private let looks = Mutex(0)

        private var jump: Duration { looks.withLock { $0 > 0 } ? .seconds(60) : .zero }

        var now: Timestamp {
            defer { looks.withLock { $0 += 1 } }
            return Timestamp(microseconds: 1_000_000_000) + jump
        }
        var uptime: Duration { .seconds(500) + jump }
        var bootID: String? { "boot" }
    }

    @Test("A reading in which the clocks move on between the looks is made again")
    func tornReading() {
        let reading = MachineReading(JumpingClock())
        #expect(reading == MachineReading(now: Timestamp(microseconds: 1_060_000_000), uptime: 560_000_000))
    }

    @Test("A lease lies on both clocks, and ends by the boot clock when the wall clock was set")
    func leases() {
        let granting = MachineReading(now: Timestamp(microseconds: 1000), uptime: 50)
        let end = Timestamp(microseconds: 31_000_000)
        let uptime = granting.uptime(of: end)
        #expect(uptime == 30_999_050)
        let later = MachineReading(now: Timestamp(microseconds: 2_009_000), uptime: 2_000_050)
        #expect(later.leaseEnd(granted: end, uptime: uptime) == end)
        let set = MachineReading(now: Timestamp(microseconds: 9_000_000_000), uptime: 2_000_050)
        #expect(set.leaseEnd(granted: end, uptime: uptime) == Timestamp(microseconds: 9_028_999_000))
    }
}

package import Idempotency
package import IdempotencyTestKit

/// The clock of the conformance suite as the clocks of a machine.
package struct ManualMachineClock: MachineClock {
    private let clock: ManualClock

    package init(clock: ManualClock) {
        self.clock = clock
    }

    package var now: Timestamp { clock.now }
    package var uptime: Duration { clock.now - Timestamp(microseconds: 0) }
    package var bootID: String? { "manual" }
}

import Idempotency
import IdempotencyTestKit

/// The clocks of a machine as a test sets them: the wall clock and the boot clock, which may go apart.
struct StageClock: MachineClock {
    let wall: ManualClock
    let boot: ManualClock

    var now: Timestamp { wall.now }
    var uptime: Duration { boot.now - Timestamp(microseconds: 0) }
    var bootID: String? { "a boot of the stage" }
}

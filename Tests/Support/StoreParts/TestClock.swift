package import Idempotency
import Synchronization

/// The clocks of a machine, moved by hand.
package final class TestClock: MachineClock {
    private struct State {
        var wall: Int64 = 1_700_000_000_000_000
        var uptime = Duration.seconds(1000)
        var boot = "boot-1"
    }

    private let state = Mutex(State())

    /// Clocks that stand still somewhere in 2023.
    package init() {}

    package var now: Timestamp { state.withLock { Timestamp(microseconds: $0.wall) } }
    package var uptime: Duration { state.withLock { $0.uptime } }
    package var bootID: String? { state.withLock { $0.boot } }

    /// Lets time pass on both clocks.
    package func advance(by duration: Duration) {
        state.withLock { state in
            state.wall += duration.microseconds
            state.uptime += duration
        }
    }

    /// Sets the wall clock forward, or back.
    package func stepWall(by duration: Duration) {
        state.withLock { $0.wall += duration.microseconds }
    }

    /// Starts the machine anew.
    package func reboot() {
        state.withLock { state in
            state.uptime = .seconds(5)
            state.boot += "'"
        }
    }
}

extension Duration {
    fileprivate var microseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}

import Idempotency
import Synchronization

/// The time of this instance: the machine's, held to what the server's `Date` headers allow.
///
/// DynamoDB has no clock that a condition could read, so stamps are made here. They count from the boot clock, which
/// nobody can set, beginning with the wall clock at the start. Every answer tells the server's time to the second; with
/// the moments of sending and receiving that gives bounds, which narrow with every answer. A machine whose clock lies
/// within them keeps it; one that does not is corrected to the nearer bound. So a wrong wall clock is found out by the
/// first answer, and two instances never differ by more than the width of their bounds.
final class ServerClock: Sendable {
    /// One look at the clock.
    struct Reading: Hashable, Sendable {
        /// The time that is stamped.
        let now: Timestamp
        /// The boot clock.
        let uptime: Duration
        /// Which clock it is: another one after every correction. Stamps of the same clock are comparable exactly.
        let clock: UInt64
        /// How far the time may be off, or `nil` as long as no answer has told.
        let uncertainty: Duration?
    }

    private struct Bounds {
        /// What is added to the boot clock at least, and at most, in microseconds.
        var low: Int64
        var high: Int64
        /// When that was known, on the boot clock.
        var since: Int64
    }

    private struct State {
        var offset: Int64
        var clock: UInt64
        var last: Int64 = .min
        var bounds: Bounds?
        var corrections = 0
    }

    /// How far the clocks of the servers may be apart: they keep time far better, this is what a middlebox or a busy
    /// server may add between its look at the clock and the header.
    private static let slack: Int64 = 250_000
    /// How fast bounds grow again, in parts of a million: the worst of the clocks that are built into machines.
    private static let drift: Int64 = 200

    private let source: any MachineClock
    private let state: Mutex<State>

    init(_ source: any MachineClock) {
        self.source = source
        var random = SystemRandomNumberGenerator()
        let uptime = source.uptime.wholeMicroseconds
        state = Mutex(State(offset: source.now.microseconds - uptime, clock: random.next()))
    }

    /// The boot clock.
    var uptime: Duration { source.uptime }

    /// How often it was corrected.
    var corrections: Int { state.withLock { $0.corrections } }

    /// Reads it; never less than before, but for a correction.
    func read() -> Reading {
        let uptime = source.uptime
        return state.withLock { state in
            state.last = max(state.last, uptime.wholeMicroseconds + state.offset)
            let width = state.bounds.map { bounds in
                let grown = (uptime.wholeMicroseconds - bounds.since) / 1_000_000 * Self.drift
                return Duration.microseconds(bounds.high - bounds.low + 2 * grown)
            }
            return Reading(
                now: Timestamp(microseconds: state.last), uptime: uptime, clock: state.clock, uncertainty: width)
        }
    }

    /// Learns from an answer with this `Date`, in seconds since the epoch.
    ///
    /// - Returns: By how much the clock was corrected; zero for not at all.
    @discardableResult
    func learn(date: Int64, sent: Duration, received: Duration) -> Duration {
        let (sent, received) = (sent.wholeMicroseconds, received.wholeMicroseconds)
        let sample = Bounds(
            low: date * 1_000_000 - received - Self.slack, high: (date + 1) * 1_000_000 - sent + Self.slack,
            since: received)
        return state.withLock { state in
            var bounds = sample
            if let old = state.bounds {
                let grown = max(received - old.since, 0) / 1_000_000 * Self.drift
                let low = max(old.low - grown, sample.low)
                let high = min(old.high + grown, sample.high)
                // Bounds that contradict each other: the newer ones are believed.
                if low <= high { bounds = Bounds(low: low, high: high, since: received) }
            }
            state.bounds = bounds
            let offset = min(max(state.offset, bounds.low), bounds.high)
            guard offset != state.offset else { return .zero }
            let correction = Duration.microseconds(offset - state.offset)
            var random = SystemRandomNumberGenerator()
            state.offset = offset
            state.clock = random.next()
            state.corrections += 1
            state.last = .min
            return correction
        }
    }
}

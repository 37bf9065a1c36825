public import Idempotency
import Synchronization

/// A clock that stands still until the test moves it.
///
/// It is a clock for stores (`StoreClock`) and a Swift `Clock` for everything that sleeps. Make two of them where the
/// store's clock and the local monotonic clock have to go apart. All of it may be used from any thread.
public final class ManualClock: StoreClock, Clock {
    /// A point in time of this clock.
    public typealias Instant = Timestamp

    private let timers: Mutex<ManualTimers>

    /// A clock that shows `start` (14 November 2023 unless told).
    public init(at start: Timestamp = Timestamp(microseconds: 1_700_000_000_000_000)) {
        timers = Mutex(ManualTimers(now: start))
    }

    /// The present point in time.
    public var now: Timestamp { timers.withLock { $0.now } }

    /// The smallest step: one microsecond.
    public var minimumResolution: Duration { .microseconds(1) }

    /// How many sleepers and scheduled calls wait for this clock.
    public var waiting: Int { timers.withLock { $0.waiting.count } }

    /// Moves the clock forward and wakes, in the order of their deadlines, all whose time has come.
    public func advance(by duration: Duration) {
        precondition(duration >= .zero, "time goes forward; a step backwards is set(to:)")
        // In one step: two who move it at once must not take it back.
        move { $0 + duration }
    }

    /// Sets the clock, also backwards; wakes all whose time has come.
    public func set(to time: Timestamp) {
        move { _ in time }
    }

    private func move(_ next: (Timestamp) -> Timestamp) {
        let due = timers.withLock { timers in
            timers.now = next(timers.now)
            return timers.takeDue()
        }
        for call in due { call(true) }
    }

    /// Calls `body` once this clock has moved on by `duration`; at once if it is zero or less.
    public func schedule(after duration: Duration, _ body: @escaping @Sendable () -> Void) {
        let immediate = timers.withLock { timers in
            timers.add(at: timers.now + duration) { _ in body() } == nil
        }
        if immediate { body() }
    }

    /// Sleeps until the clock shows `deadline`.
    ///
    /// - Throws: `CancellationError` when the task is cancelled before or meanwhile.
    public func sleep(until deadline: Timestamp, tolerance: Duration? = nil) async throws {
        let token = Mutex<ManualTimers.Token?>(nil)
        let inTime = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let immediate = timers.withLock { timers in
                    guard !Task.isCancelled else { return false as Bool? }
                    let added = timers.add(at: deadline) { continuation.resume(returning: $0) }
                    token.withLock { $0 = added }
                    return added == nil ? true : nil
                }
                if let immediate { continuation.resume(returning: immediate) }
            }
        } onCancel: {
            let sleeper = timers.withLock { timers in token.withLock { $0 }.flatMap { timers.remove($0) } }
            sleeper?(false)
        }
        if !inTime { throw CancellationError() }
    }
}

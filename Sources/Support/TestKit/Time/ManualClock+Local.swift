package import Idempotency

extension ManualClock {
    /// This clock as the local monotonic clock of an engine.
    package var local: ManualLocalClock { ManualLocalClock(clock: self) }
}

/// A manual clock as the local monotonic clock of an engine.
package struct ManualLocalClock: LocalClock {
    let clock: ManualClock

    /// The present moment; the epoch of the manual clock is its origin.
    package var now: Moment { Moment(nanoseconds: 0) + (clock.now - Timestamp(microseconds: 0)) }

    /// Waits until the test has moved the clock there; fractions of a microsecond are rounded up.
    package func sleep(until moment: Moment) async throws {
        try await clock.sleep(for: .microseconds(((moment - now).wholeMicroseconds) + 1))
    }
}

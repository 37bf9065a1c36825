/// The local monotonic clock, as a value that tests can replace.
package protocol LocalClock: Sendable {
    /// The present moment.
    var now: Moment { get }
    /// Waits until `moment`; ends early by throwing `CancellationError` when the task is cancelled.
    func sleep(until moment: Moment) async throws
}

/// The clock of the machine; goes on while the machine sleeps.
package struct SystemLocalClock: LocalClock {
    private static let origin = ContinuousClock.now

    package init() {}

    package var now: Moment {
        let (seconds, attoseconds) = (ContinuousClock.now - Self.origin).components
        return Moment(nanoseconds: seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    package func sleep(until moment: Moment) async throws {
        let remaining = moment - now
        if remaining > .zero { try await Task.sleep(for: remaining) } else { await Task.yield() }
    }
}

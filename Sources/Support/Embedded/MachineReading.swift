package import Idempotency

/// One reading of the clocks of a machine, and where the ends of leases lie on them.
package struct MachineReading: Hashable, Sendable {
    /// The wall clock.
    package let now: Timestamp
    /// The boot clock, in microseconds.
    package let uptime: Int64

    /// By how much two readings of both clocks may disagree without any of them having been set: the time between the
    /// looks at the one and the other, and a little of what the wall clock is slowed down or sped up by.
    private static let tolerance = Duration.milliseconds(10)

    /// A reading.
    package init(now: Timestamp, uptime: Int64) {
        self.now = now
        self.uptime = uptime
    }

    /// Reads both clocks, as at one moment.
    ///
    /// When the wall clock has moved on by more than a look takes, the process was stopped in between or the clock was
    /// set: then both are read again, so that the two numbers belong together.
    package init(_ clock: any MachineClock) {
        var before = clock.now
        var uptime = clock.uptime
        for _ in 0..<8 {
            let after = clock.now
            let difference = after - before
            if difference <= Self.tolerance, difference >= .zero - Self.tolerance { break }
            before = after
            uptime = clock.uptime
        }
        now = before
        self.uptime = uptime.wholeMicroseconds
    }

    /// Where a point in time on the wall clock lies on the boot clock.
    package func uptime(of time: Timestamp) -> Int64 {
        (Timestamp(microseconds: uptime) + (time - now)).microseconds
    }

    /// When a lease of this boot ends on the wall clock.
    ///
    /// The boot clock counts. As long as the wall clock has not been set since, that is the very time that was granted,
    /// so that a record looks the same every time.
    ///
    /// - Parameters:
    ///   - granted: When it was to end, on the wall clock of that time.
    ///   - uptime: When it ends on the boot clock, in microseconds.
    package func leaseEnd(granted: Timestamp, uptime: Int64) -> Timestamp {
        let end = now + (Timestamp(microseconds: uptime) - Timestamp(microseconds: self.uptime))
        let difference = end - granted
        return difference <= Self.tolerance && difference >= .zero - Self.tolerance ? granted : end
    }
}

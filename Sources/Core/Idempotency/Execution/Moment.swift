/// A point in time on the local monotonic clock, in nanoseconds since an arbitrary start.
///
/// Only differences mean anything, and only within one process: leases are judged by the store, the watchdog by this.
package struct Moment: Hashable, Comparable, Sendable {
    /// Nanoseconds since an arbitrary start.
    package let nanoseconds: Int64

    /// A point in time, in nanoseconds since an arbitrary start.
    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package static func < (a: Moment, b: Moment) -> Bool { a.nanoseconds < b.nanoseconds }

    /// The point that lies `duration` later; stays at the end of time instead of overflowing.
    package static func + (moment: Moment, duration: Duration) -> Moment {
        let micro = duration.wholeMicroseconds
        let (nano, overflow) = micro.multipliedReportingOverflow(by: 1000)
        let (sum, carried) = moment.nanoseconds.addingReportingOverflow(overflow ? (micro < 0 ? .min : .max) : nano)
        return Moment(nanoseconds: carried ? (micro < 0 ? .min : .max) : sum)
    }

    /// How long after `b` the point `a` lies.
    package static func - (a: Moment, b: Moment) -> Duration {
        Duration(attoseconds: Int128(a.nanoseconds &- b.nanoseconds) &* 1_000_000_000)
    }
}

/// A point in time on the clock of a store, in microseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Microseconds since the epoch.
    public let microseconds: Int64

    /// A point in time, in microseconds since the epoch.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The earlier point is the lesser one.
    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

    /// The point in time that lies `duration` later; stays at the end of time instead of overflowing.
    public static func + (time: Timestamp, duration: Duration) -> Timestamp {
        let (sum, overflow) = time.microseconds.addingReportingOverflow(duration.wholeMicroseconds)
        return Timestamp(microseconds: overflow ? (duration < .zero ? .min : .max) : sum)
    }

    /// How long after `b` the point `a` lies; negative when it lies before.
    public static func - (a: Timestamp, b: Timestamp) -> Duration {
        let (difference, overflow) = a.microseconds.subtractingReportingOverflow(b.microseconds)
        return Duration(wholeMicroseconds: overflow ? (a < b ? .min : .max) : difference)
    }
}

extension Duration {
    /// The whole microseconds in it, cut off towards zero and held within the range of `Int64`.
    package var wholeMicroseconds: Int64 {
        let micro = attoseconds / 1_000_000_000_000
        if micro > Int128(Int64.max) { return .max }
        return micro < Int128(Int64.min) ? .min : Int64(truncatingIfNeeded: micro)
    }

    /// So many microseconds; the generic way there goes through several checked multiplications.
    package init(wholeMicroseconds micro: Int64) {
        self.init(attoseconds: Int128(micro) &* 1_000_000_000_000)
    }
}

public import Idempotency

extension Timestamp {
    /// The time in UTC as RFC 3339 has it, to the millisecond: `2025-03-01T12:30:00.250Z`.
    public var text: String {
        let time = CalendarTime(self)
        let microsecond = Int(microseconds % 1_000_000)
        let fraction = CalendarTime.padded((microsecond < 0 ? microsecond + 1_000_000 : microsecond) / 1000, 3)
        return "\(time.date(separator: "-"))T\(time.clock(separator: ":")).\(fraction)Z"
    }
}

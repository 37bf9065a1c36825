public import Idempotency

extension Timestamp {
    /// The time in UTC as RFC 3339 has it, to the millisecond: `2025-03-01T12:30:00.250Z`.
    public var text: String {
        let milliseconds = microseconds.quotient(1000)
        let seconds = milliseconds.quotient(1000)
        let days = seconds.quotient(86_400)
        let second = seconds - days * 86_400
        let (year, month, day) = Self.date(days: days)
        let fraction = Self.padded(milliseconds - seconds * 1000, 3)
        let time = [second / 3600, second / 60 % 60, second % 60].map { Self.padded($0, 2) }.joined(separator: ":")
        return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))T\(time).\(fraction)Z"
    }

    /// The day of the proleptic Gregorian calendar that lies `days` after 1970-01-01, counted in eras of 400 years that
    /// begin on the first of March.
    private static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted.quotient(146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Int64 {
    /// The quotient rounded down, also for negative numbers.
    fileprivate func quotient(_ divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

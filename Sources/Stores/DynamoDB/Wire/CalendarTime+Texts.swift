import Idempotency

/// A point in time as AWS writes it: in UTC, to the second.
struct CalendarTime: Hashable, Sendable {
    let year: Int
    let month: Int
    let day: Int
    let secondOfDay: Int

    /// The second that `time` lies in.
    init(_ time: Timestamp) {
        let seconds = Int(time.microseconds.quotient(dividingFloor: 1_000_000))
        var days = seconds.quotient(dividingFloor: 86_400)
        secondOfDay = seconds - days * 86_400
        // Days since 0000-03-01, in eras of 400 years: the leap day is then the last of its year.
        days += 719_468
        let era = days.quotient(dividingFloor: 146_097)
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shifted + 2) / 5 + 1
        month = shifted < 10 ? shifted + 3 : shifted - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Seconds since the epoch of a point in time that is given by its parts; `nil` if there is no such time.
    static func seconds(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) -> Int64? {
        guard (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day),
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return Int64(days * 86_400 + hour * 3600 + minute * 60 + second)
    }

    /// Seconds since the epoch of a `Date` header, `Sun, 06 Nov 1994 08:49:37 GMT`; `nil` for anything else.
    static func seconds(ofHeader text: String) -> Int64? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int(words[1]), let year = Int(words[3]),
            let month = months.firstIndex(of: String(words[2]))
        else { return nil }
        let clock = words[4].split(separator: ":").map { Int($0) ?? -1 }
        guard clock.count == 3 else { return nil }
        return seconds(year: year, month: month + 1, day: day, hour: clock[0], minute: clock[1], second: clock[2])
    }

    /// Seconds since the epoch of `2030-01-31T23:59:59Z`, fractions of a second left out; `nil` for anything else.
    static func seconds(ofISO text: String) -> Int64? {
        guard text.hasSuffix("Z") else { return nil }
        let halves = text.dropLast().split(separator: "T")
        guard halves.count == 2 else { return nil }
        let date = halves[0].split(separator: "-").map { Int($0) ?? -1 }
        let clock = halves[1].prefix { $0 != "." }.split(separator: ":").map { Int($0) ?? -1 }
        guard date.count == 3, clock.count == 3 else { return nil }
        return seconds(
            year: date[0], month: date[1], day: date[2], hour: clock[0], minute: clock[1], second: clock[2])
    }

    /// `20150830T123600Z`.
    var compact: String {
        let date = Self.padded(year, 4) + Self.padded(month, 2) + Self.padded(day, 2)
        let (hour, minute, second) = (secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60)
        return "\(date)T\(Self.padded(hour, 2))\(Self.padded(minute, 2))\(Self.padded(second, 2))Z"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension BinaryInteger {
    /// The quotient, rounded down.
    fileprivate func quotient(dividingFloor divisor: Self) -> Self {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

import Idempotency

/// Times as AWS writes them: in UTC, to the second.
extension CalendarTime {
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
    ///
    /// In the place of `Z` there may be an offset, `+01:00`, or `UTC`, as old versions of the AWS CLI write it.
    static func seconds(ofISO text: String) -> Int64? {
        let halves = text.split(separator: "T", maxSplits: 1)
        guard halves.count == 2 else { return nil }
        let date = halves[0].split(separator: "-").map { Int($0) ?? -1 }
        let time = halves[1].prefix { $0.isNumber || $0 == ":" || $0 == "." }
        let clock = time.prefix { $0 != "." }.split(separator: ":").map { Int($0) ?? -1 }
        guard date.count == 3, clock.count == 3, let offset = offset(halves[1].dropFirst(time.count)),
            let local = seconds(
                year: date[0], month: date[1], day: date[2], hour: clock[0], minute: clock[1], second: clock[2])
        else { return nil }
        return local - offset
    }

    /// The seconds that a zone is ahead of UTC: `Z`, `UTC`, `+01:00`; `nil` for anything else.
    private static func offset(_ zone: Substring) -> Int64? {
        if zone == "Z" || zone == "UTC" { return 0 }
        let parts = zone.dropFirst().split(separator: ":").map { Int64($0) ?? 99 }
        guard let sign = zone.first, sign == "+" || sign == "-", parts.count == 2, (0..<24).contains(parts[0]),
            (0..<60).contains(parts[1])
        else { return nil }
        return (parts[0] * 3600 + parts[1] * 60) * (sign == "+" ? 1 : -1)
    }

    /// `20150830T123600Z`.
    var compact: String { "\(date(separator: ""))T\(clock(separator: ""))Z" }
}

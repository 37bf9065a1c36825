/// Durations as people write them: `250ms`, `30s`, `15m`, `24h`, `7d`, `1h30m`.
public enum DurationText {
    /// What is allowed, for error messages.
    public static let allowed = "a whole number with a unit: 250ms, 30s, 15m, 24h, 7d, or several: 1h30m"

    /// The units, largest first, in microseconds.
    private static let units: [(name: String, microseconds: Int64)] = [
        ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000), ("us", 1),
    ]

    /// Reads a duration; `nil` for anything else, a number without a unit and one that overflows included.
    ///
    /// Units go from larger to smaller, each at most once.
    public static func parse(_ text: some StringProtocol) -> Duration? {
        var rest = Substring(text)
        var sum: Int64 = 0
        var smallest = Int64.max
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int64(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(letters.count)
            guard let unit = units.first(where: { $0.name == letters }), unit.microseconds < smallest else {
                return nil
            }
            smallest = unit.microseconds
            let (product, overflow) = number.multipliedReportingOverflow(by: unit.microseconds)
            let (total, carried) = sum.addingReportingOverflow(product)
            guard !overflow, !carried else { return nil }
            sum = total
        }
        return .microseconds(sum)
    }

    /// Writes a duration in the form that `parse` reads, in the largest units that leave nothing over: `24h`, `1h30m`.
    public static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        var rest = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        guard rest > 0 else { return "0s" }
        // A day is written as 24 hours: that is how retention is spoken of.
        if rest == 86_400_000_000 { return "24h" }
        var text = ""
        for unit in units where rest >= unit.microseconds {
            text += "\(rest / unit.microseconds)\(unit.name)"
            rest %= unit.microseconds
        }
        return text
    }
}

/// Numbers as tables show them; what could not be measured is a dash.
enum Figure {
    /// A whole number with groups: `12,345`.
    static func whole(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        var digits = String(Int(value.rounded()))
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return ([digits] + groups).joined(separator: ",")
    }

    /// Two decimals: `0.53`.
    static func ratio(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        let hundredths = Int((value * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// Microseconds, or milliseconds from 10,000 of them on.
    static func time(_ microseconds: Double) -> String {
        guard microseconds.isFinite else { return "–" }
        if abs(microseconds) >= 10_000 { return "\(tenths(microseconds / 1000)) ms" }
        return microseconds >= 100 ? "\(whole(microseconds)) µs" : "\(tenths(microseconds)) µs"
    }

    /// Mebibytes.
    static func size(_ bytes: Int) -> String { "\(tenths(Double(bytes) / 1_048_576)) MiB" }

    /// One decimal: `4.2`.
    static func tenths(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        let tenths = Int((value * 10).rounded())
        return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }
}

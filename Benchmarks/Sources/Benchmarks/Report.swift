/// Prints a table; every row is compared with the first of its group.
enum Report {
    static func print(_ title: String, _ measurements: [Measurement]) {
        Swift.print("\n\(title)")
        Swift.print(row("", "callers", "per second", "ratio", "p50 µs", "p99 µs"))
        guard let yardstick = measurements.first else { return }
        for measurement in measurements {
            Swift.print(
                row(
                    measurement.name, String(measurement.callers), String(Int(measurement.rate)),
                    fixed(measurement.rate / yardstick.rate), fixed(measurement.latency(50)),
                    fixed(measurement.latency(99))))
        }
    }

    private static func row(_ name: String, _ columns: String...) -> String {
        let first = name + String(repeating: " ", count: max(44 - name.count, 0))
        return columns.reduce(first) { $0 + String(repeating: " ", count: max(12 - $1.count, 1)) + $1 }
    }

    private static func fixed(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}

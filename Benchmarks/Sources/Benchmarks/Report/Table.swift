/// A table in Markdown.
struct Table {
    private let title: String
    private let header: [String]
    private var rows: [[String]] = []
    private var notes: [String] = []

    init(_ title: String, _ header: String...) {
        self.title = title
        self.header = header
    }

    mutating func add(_ cells: String...) {
        rows.append(cells)
    }

    /// A sentence below the table.
    mutating func note(_ text: String) {
        notes.append(text)
    }

    /// The Markdown text, with a heading; the columns stand one below the other.
    var text: String {
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            let padded = zip(cells, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + space : space + cell.0
            }
            return "| " + padded.joined(separator: " | ") + " |"
        }
        let rule = widths.enumerated().map { column, width in
            column == 0 ? String(repeating: "-", count: width) : String(repeating: "-", count: max(width - 1, 1)) + ":"
        }
        let body = [line(header), "| " + rule.joined(separator: " | ") + " |"] + rows.map(line)
        return "### \(title)\n\n" + body.joined(separator: "\n") + "\n" + notes.map { "\n\($0)\n" }.joined()
    }
}

/// Numbers as tables show them.
enum Figure {
    /// A whole number with thin groups: `12,345`.
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
        if microseconds >= 10_000 { return "\(tenths(microseconds / 1000)) ms" }
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

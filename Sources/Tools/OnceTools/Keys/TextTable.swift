/// A table for people: aligned columns, long texts cut.
struct TextTable {
    /// A column.
    struct Column {
        let title: String
        /// More characters than this are cut.
        var limit = Int.max
        var isRight = false
    }

    let columns: [Column]
    private(set) var rows: [[String]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    mutating func append(_ row: [String]) {
        rows.append(zip(row, columns).map { Self.cut($0.printable, to: $1.limit) })
    }

    /// The lines, without spaces at their ends.
    var text: String {
        let lines = [columns.map(\.title)] + rows
        let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            let cells = zip(zip(line, columns), widths).map { cell, width in
                let space = String(repeating: " ", count: width - cell.0.count)
                return cell.1.isRight ? space + cell.0 : cell.0 + space
            }
            let joined = cells.joined(separator: "  ")
            return String(joined.reversed().drop { $0 == " " }.reversed()) + "\n"
        }.joined()
    }

    static func cut(_ text: String, to limit: Int) -> String {
        text.count <= limit ? text : text.prefix(limit - 1) + "…"
    }
}

extension String {
    /// The text with everything that a terminal might obey written as an escape.
    var printable: String {
        guard unicodeScalars.contains(where: \.isObeyed) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            if scalar.isObeyed { text += scalar.escaped(asASCII: true) } else { text.unicodeScalars.append(scalar) }
        }
        return text
    }
}

extension Unicode.Scalar {
    /// Whether a terminal does something at it instead of showing it: controls, and what turns the writing direction.
    fileprivate var isObeyed: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}

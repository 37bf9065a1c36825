/// A table in Markdown.
struct Table {
    /// Its heading, by which a later run finds and replaces it.
    let title: String
    private let header: [String]
    private var rows: [[String]] = []
    private var notes: [String] = []
    /// What the summary cites of it: it stays there for as long as this table does.
    private(set) var cited: [(what: String, figure: String)] = []

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

    /// Names a figure of it for the summary, unless it could not be measured.
    mutating func cite(_ figure: String, for what: String) {
        if !figure.hasPrefix("–") { cited.append((what, figure)) }
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

extension Table {
    /// A table of rates and latencies, with the ratio of every rate to that of the first row.
    init(_ title: String, of what: String, _ measurements: [Measurement]) {
        self.init(title, what, "per second", "ratio", "p50", "p99")
        for measurement in measurements {
            add(
                measurement.name, Figure.whole(measurement.rate),
                Figure.ratio(measurement.ratio(to: measurements[0])), Figure.time(measurement.latency(50)),
                Figure.time(measurement.latency(99)))
        }
    }
}

import Foundation

/// All tables of a run, and the few figures that stand for them.
struct Report {
    let machine: Machine
    let effort: Effort
    private var tables: [String] = []
    private var keyFigures: [(what: String, figure: String)] = []

    init(machine: Machine, effort: Effort) {
        self.machine = machine
        self.effort = effort
    }

    /// Adds a table and shows it at once.
    mutating func add(_ table: Table) {
        tables.append(table.text)
        print("\n" + table.text)
    }

    /// Adds a figure for the summary.
    mutating func add(figure: String, for what: String) {
        keyFigures.append((what, figure))
    }

    private var heading: String {
        "Measured \(machine.description) Form: \(effort.name), \(effort.rounds) rounds."
    }

    /// The whole report.
    var text: String { heading + "\n\n" + tables.joined(separator: "\n") }

    /// The summary.
    var summary: String {
        var table = "| what | figure |\n| --- | ---: |\n"
        for (what, figure) in keyFigures { table += "| \(what) | \(figure) |\n" }
        return table + "\n" + heading + "\n"
    }

    /// Puts the report and the summary in the places of a document that ask for them:
    /// `<!-- benchmarks: tables -->` … `<!-- end -->`, and `<!-- benchmarks: summary -->` … `<!-- end -->`.
    func update(document path: String) throws {
        var text = try String(contentsOfFile: path, encoding: .utf8)
        for (name, content) in [("tables", self.text), ("summary", summary)] {
            let opening = "<!-- benchmarks: \(name) -->"
            guard let begin = text.range(of: opening) else { continue }
            guard let end = text.range(of: "<!-- end -->", range: begin.upperBound..<text.endIndex) else {
                throw BenchmarkError("\(path): \(opening) has no <!-- end --> behind it")
            }
            text.replaceSubrange(begin.upperBound..<end.lowerBound, with: "\n\n\(content)\n")
        }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
}

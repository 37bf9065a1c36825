import Foundation

/// All tables of a run, and the few figures that stand for them.
struct Report {
    let machine: Machine
    let effort: Effort
    private var tables: [(section: String, text: String)] = []
    /// What the tables that come now belong to.
    var section = ""
    private var keyFigures: [(what: String, figure: String)] = []

    init(machine: Machine, effort: Effort) {
        self.machine = machine
        self.effort = effort
    }

    /// Adds a table and shows it at once.
    mutating func add(_ table: Table) {
        tables.append((section, table.text))
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
    var text: String { heading + "\n\n" + tables.map(\.text).joined(separator: "\n") }

    /// The summary.
    var summary: String {
        var table = "| what | figure |\n| --- | ---: |\n"
        for (what, figure) in keyFigures { table += "| \(what) | \(figure) |\n" }
        return table + "\n" + heading + "\n"
    }

    /// Puts the report and the summary in the places of a document that ask for them:
    /// `<!-- benchmarks: tables -->` … `<!-- end -->`, with `summary` or the name of a group instead of `tables`.
    /// A place for what this run did not measure stays as it is.
    func update(document path: String) throws {
        var text = try String(contentsOfFile: path, encoding: .utf8)
        var contents = ["tables": self.text, "summary": summary]
        for (section, table) in tables { contents[section, default: heading + "\n"] += "\n" + table }
        for (name, content) in contents {
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

import Foundation

/// A document with places for tables: `<!-- benchmarks: GROUP -->` … `<!-- end -->`, with `summary` instead of a group
/// for the figures that stand for all of them.
struct Document {
    let path: String

    /// Puts the tables of groups into their places, and the summary into its own.
    ///
    /// The places of other groups stay as they are; so does the summary when a group was never measured.
    ///
    /// - Returns: What was not done, and why.
    func update(_ groups: [String], of all: [String], from folder: ResultsFolder) throws -> [String] {
        var text = try String(contentsOfFile: path, encoding: .utf8)
        var remarks: [String] = []
        for group in groups where text.contains(Self.opening(group)) {
            let results = try folder.load(group)
            guard !results.tables.isEmpty else {
                remarks.append("\(path): there are no results of \(group), so its place stays as it is")
                continue
            }
            try replace(group, by: results.markdown, in: &text)
        }
        if text.contains(Self.opening("summary")) {
            let results = try all.map { ($0, try folder.load($0)) }
            let missing = results.filter(\.1.tables.isEmpty).map(\.0)
            if missing.isEmpty {
                try replace("summary", by: Self.summary(results.flatMap(\.1.keyFigures)), in: &text)
            } else {
                remarks.append(
                    "\(path): the summary stays as it is until there are results of \(missing.joined(separator: ", "))")
            }
        }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return remarks
    }

    private static func summary(_ figures: [GroupResults.KeyFigure]) -> String {
        var text = "| what | figure |\n| --- | ---: |\n"
        for figure in figures { text += "| \(figure.what) | \(figure.figure) |\n" }
        var runs: [String] = []
        for figure in figures where !runs.contains(figure.run.short) { runs.append(figure.run.short) }
        return text + "\n" + runs.joined(separator: "\n") + "\n"
    }

    private func replace(_ place: String, by content: String, in text: inout String) throws {
        let opening = Self.opening(place)
        guard let begin = text.range(of: opening) else { return }
        guard let end = text.range(of: "<!-- end -->", range: begin.upperBound..<text.endIndex) else {
            throw BenchmarkError("\(path): \(opening) has no <!-- end --> behind it")
        }
        text.replaceSubrange(begin.upperBound..<end.lowerBound, with: "\n\n\(content)\n")
    }

    private static func opening(_ place: String) -> String { "<!-- benchmarks: \(place) -->" }
}

import Foundation

/// A folder that keeps results as they come: a run that is cut short has left what it measured until then, and runs of
/// single groups add up to a whole.
struct ResultsFolder {
    let path: String

    /// What is known of a group; nothing if it was never measured.
    func load(_ group: String) throws -> GroupResults {
        let file = file(group, "json")
        guard FileManager.default.fileExists(atPath: file) else { return GroupResults() }
        do {
            return try JSONDecoder().decode(GroupResults.self, from: try Data(contentsOf: URL(fileURLWithPath: file)))
        } catch {
            throw BenchmarkError("\(file) is not what a run has left there; remove it: \(error)")
        }
    }

    /// Keeps what is known of a group, for programs and for people.
    func save(_ results: GroupResults, of group: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(results).write(to: URL(fileURLWithPath: file(group, "json")), options: .atomic)
        try results.markdown.write(toFile: file(group, "md"), atomically: true, encoding: .utf8)
    }

    private func file(_ group: String, _ kind: String) -> String { "\(path)/\(group).\(kind)" }
}

/// A file in the form of `~/.aws/credentials`: sections in brackets, each with lines of names and values.
struct ProfileFile: Hashable, Sendable {
    private var sections: [String: [String: String]] = [:]

    /// Reads a file. A line that cannot be understood is passed over, as the tools of AWS do.
    init(_ text: String) {
        var section: String?
        for line in text.split(whereSeparator: \.isNewline) {
            let trimmed = line.trimmed
            if trimmed.hasPrefix("#") || trimmed.hasPrefix(";") || trimmed.isEmpty { continue }
            if trimmed.hasPrefix("["), let end = trimmed.firstIndex(of: "]") {
                let name = trimmed[trimmed.index(after: trimmed.startIndex)..<end].trimmed
                // `[profile name]` in the configuration is `[name]` in the credentials.
                let words = name.split(whereSeparator: \.isWhitespace)
                section = words.count == 2 && words[0] == "profile" ? String(words[1]) : name
                sections[section ?? "", default: [:]] = sections[section ?? ""] ?? [:]
                continue
            }
            // What is set in belongs to a setting of several lines, which nothing here needs.
            guard let section, let equals = line.firstIndex(of: "="), line.first?.isWhitespace == false else {
                continue
            }
            let name = line[..<equals].trimmed.lowercased()
            sections[section, default: [:]][name] = Self.withoutComment(line[line.index(after: equals)...].trimmed)
        }
    }

    /// The settings of a profile, or `nil` if it is not there.
    subscript(profile: String) -> [String: String]? { sections[profile] }

    private static func withoutComment(_ value: String) -> String {
        for mark in [" #", " ;", "\t#", "\t;"] {
            if let range = value.firstRange(of: mark) { return value[..<range.lowerBound].trimmed }
        }
        return value
    }
}

extension StringProtocol {
    /// Without the white space around.
    fileprivate var trimmed: String {
        let start = drop(while: \.isWhitespace)
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}

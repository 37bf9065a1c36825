/// A map in a configuration file whose names are options.
public struct ConfigurationSection: Sendable {
    /// The path of the file, for messages.
    public let path: String
    /// What the section is called, for messages: empty at the top, `routes[0]`.
    public let name: String
    /// The line that it begins on, from 1.
    public let line: Int
    /// The members in order.
    public let members: [ConfigurationNode.Member]

    /// The section that `node` is.
    ///
    /// - Throws: `UsageError` when it is no map.
    public init(_ node: ConfigurationNode, path: String, name: String) throws(UsageError) {
        guard case .map(let members) = node.content else {
            throw UsageError(
                "Names with values are expected here: \"name: value\".",
                at: .file(path: path, line: node.line, option: name))
        }
        self.path = path
        self.name = name
        self.members = members
        line = node.line
    }

    /// Where a member stands.
    public func place(of member: ConfigurationNode.Member) -> SettingPlace {
        .file(path: path, line: member.line, option: option(member.name))
    }

    /// Makes sure that every member is known.
    ///
    /// - Throws: `UsageError` that names the first one which is not, and what is allowed.
    public func check(allowed: [String]) throws(UsageError) {
        for member in members where !allowed.contains(member.name) {
            let kind = name.isEmpty ? "option" : "option of a route"
            throw .unknown(
                kind, member.name, allowed: allowed, at: .file(path: path, line: member.line, option: name))
        }
    }

    /// The sections of the list that is called so; none when there is no such member.
    ///
    /// - Throws: `UsageError` when the member is no list of maps.
    public func sections(of listName: String) throws(UsageError) -> [ConfigurationSection] {
        guard let member = members.first(where: { $0.name == listName }) else { return [] }
        guard case .list(let items) = member.value.content else {
            if case .scalar("") = member.value.content { return [] }
            throw UsageError("A list is expected here: lines that begin with \"-\".", at: place(of: member))
        }
        var sections: [ConfigurationSection] = []
        for (index, item) in items.enumerated() {
            sections.append(try ConfigurationSection(item, path: path, name: option("\(listName)[\(index)]")))
        }
        return sections
    }

    private func option(_ member: String) -> String {
        name.isEmpty ? member : "\(name).\(member)"
    }
}

extension ConfigurationSection: SettingLookup {
    /// The texts of a member of the section, each with the line that it stands on.
    public func texts(_ name: String) throws(UsageError) -> [SettingText] {
        guard let member = members.first(where: { $0.name == name }) else { return [] }
        guard let texts = member.value.texts else {
            throw UsageError("A value or a list of values is expected here.", at: place(of: member))
        }
        return texts.map {
            SettingText(text: $0.text, place: .file(path: path, line: $0.line, option: option(name)))
        }
    }
}

/// Where the settings of a command come from: a flag beats the environment, the environment beats the file.
public struct SettingSources: SettingLookup, Sendable {
    /// The names of the options, which are also their names in the file.
    public let options: [String]
    /// What the variables of the command begin with: `ONCE_GATEWAY_`.
    public let prefix: String
    /// The configuration file, if there is one.
    public let file: ConfigurationFile?
    private let flags: [String: [String]]
    private let environment: [String: String]

    /// Gathers the settings of a command and refuses those that it does not know.
    ///
    /// - Parameters:
    ///   - command: The name of the command: `gateway`; variables begin with `ONCE_GATEWAY_`.
    ///   - options: The names of its options, without dashes in front: `upstream-timeout`.
    ///   - flags: What was given on the command line, by name.
    ///   - environment: The environment of the process. Variables of other commands are not looked at.
    ///   - configurationPath: The file given on the command line; else the variable `…CONFIG` may name one.
    ///   - tables: Names that the file may have besides the options.
    /// - Throws: `UsageError` that names the place and what is allowed.
    public init(
        command: String, options: [String], flags: [String: [String]], environment: [String: String],
        configurationPath: String?, tables: [String] = []
    ) throws(UsageError) {
        self.options = options
        self.flags = flags.filter { !$0.value.isEmpty }
        self.environment = environment
        let prefix = "ONCE_\(Self.variable(command))_"
        self.prefix = prefix
        let allowed = options + ["config"]
        let known = Set(allowed.map { prefix + Self.variable($0) })
        for name in environment.keys.sorted() where name.hasPrefix(prefix) && !known.contains(name) {
            throw .unknown(
                "variable", name, allowed: allowed.map { prefix + Self.variable($0) }, at: .environment(name))
        }
        if let path = configurationPath ?? environment["\(prefix)CONFIG"] {
            let file = try ConfigurationFile(path: path)
            try file.root.check(allowed: options + tables)
            self.file = file
        } else {
            file = nil
        }
    }

    /// The texts of an option from the strongest source that has it. In the environment commas stand between several.
    public func texts(_ name: String) throws(UsageError) -> [SettingText] {
        precondition(options.contains(name), "\(name) is missing in the list of options")
        if let values = flags[name] { return values.map { SettingText(text: $0, place: .flag(name)) } }
        let variable = prefix + Self.variable(name)
        if let text = environment[variable] {
            return text.split(separator: ",", omittingEmptySubsequences: false).map { part in
                SettingText(text: part.trimmingSpaces, place: .environment(variable))
            }
        }
        return try file?.root.texts(name) ?? []
    }

    private static func variable(_ name: String) -> String {
        name.uppercased().replacing("-", with: "_")
    }
}

extension Substring {
    /// Without spaces at both ends.
    fileprivate var trimmingSpaces: String {
        let tail = drop { $0 == " " }
        return String(tail.reversed().drop { $0 == " " }.reversed())
    }
}

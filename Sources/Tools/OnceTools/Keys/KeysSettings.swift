/// The settings of `once keys` and `once sweep`: where the records are, and where changes are written down.
public struct KeysSettings: Sendable {
    /// The store.
    public let store: StoreURL
    /// What records are encrypted with; `nil` for not at all.
    public let encryption: LoadedKeys?
    /// The file of the audit log.
    public let auditPath: String

    /// The names of the options.
    public static let options = ["store", "front", "encryption-keys", "audit"]

    /// Reads the settings of a command.
    ///
    /// - Parameters:
    ///   - command: `keys` or `sweep`; its variables begin with `ONCE_KEYS_` or `ONCE_SWEEP_`.
    ///   - flags: What was given on the command line, by option.
    ///   - environment: The environment of the process.
    ///   - configurationPath: A configuration file, the gateway's too: its `store`, `front`, `encryption-keys` and
    ///     `audit` count.
    /// - Throws: `UsageError` that names the place and what is allowed.
    public init(
        command: String, flags: [String: [String]], environment: [String: String], configurationPath: String?
    ) throws(UsageError) {
        let sources = try SettingSources(
            command: command, options: Self.options, flags: flags, environment: environment,
            configurationPath: configurationPath, tables: GatewayOption.allCases.map(\.rawValue) + ["routes"])
        store = try sources.store()
        encryption = try sources.value("encryption-keys", .encryptionKeys)
        auditPath = try sources.value("audit", .text("the path of a file")) ?? store.auditPath
    }
}

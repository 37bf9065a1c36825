import ArgumentParser
import IdempotencyAdmin
import OnceTools

/// `once keys list`.
struct KeysListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists keys, oldest claim first.")

    @OptionGroup var options: StoreOptions

    @Option(help: ArgumentHelp("Only these: running, lapsed, completed, in-doubt.", valueName: "state"))
    var state: [String] = []

    @Option(help: "Only records with this key.")
    var key: String?

    @Option(help: ArgumentHelp("At most so many, 1 to 1000. Default: 100.", valueName: "number"))
    var limit: String?

    @Option(help: ArgumentHelp("Go on where the page before ended.", valueName: "place"))
    var after: String?

    func run() async throws {
        let query = try QueryText.query(states: state, key: key, limit: limit, after: after)
        try await options.withStore(command: "keys") { opened, settings in
            let page = try await KeyOperations(store: opened.store, audit: FileAuditLog(path: settings.auditPath))
                .list(query)
            Output.write(options.json ? try KeysReport.json(page) : KeysReport.table(page))
        }
    }
}

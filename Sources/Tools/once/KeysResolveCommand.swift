import ArgumentParser
import IdempotencyAdmin
import OnceTools

/// `once keys resolve`.
struct KeysResolveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Settles a key in doubt: the operation took effect, and this is its outcome.",
        discussion: """
            Every retry gets the outcome. If the operation did nothing, use 'once keys release' instead.
            """)

    @OptionGroup var record: RecordArguments

    @Option(help: ArgumentHelp("The status of the HTTP response, 200 to 599.", valueName: "status"))
    var status: String?

    @Option(help: ArgumentHelp("A header of the response; may be repeated.", valueName: "name: value"))
    var header: [String] = []

    @Option(help: ArgumentHelp("The file with the body of the response; - is standard input.", valueName: "file"))
    var body: String?

    @Option(help: ArgumentHelp("The body of the response.", valueName: "text"))
    var bodyText: String?

    @Option(
        help: ArgumentHelp("For a function: the file with its result in JSON; - is standard input.", valueName: "file"))
    var result: String?

    @Option(help: ArgumentHelp("How long the outcome is kept. Default: 24h.", valueName: "duration"))
    var retention: String?

    @OptionGroup var settlement: SettlementOptions
    @OptionGroup var options: StoreOptions

    func run() async throws {
        let outcome = try OutcomeText.outcome(
            status: status, headers: header, bodyFile: body, bodyText: bodyText, resultFile: result)
        let kept = try OutcomeText.retention(retention)
        try await settlement.settle(record, as: .completed(outcome, retention: kept), options)
    }
}

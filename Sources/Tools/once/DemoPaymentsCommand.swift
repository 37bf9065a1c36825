import ArgumentParser
import Logging
import PaymentsDemo

/// `once demo-payments`: the payments service of the demonstration, started by `once demo` as a process of its own.
struct DemoPaymentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo-payments",
        abstract: "The payments service of the demo; started by it.",
        shouldDisplay: false)

    @Option(help: "The loopback port to listen at; 0 takes a free one.")
    var port = 0

    @Option(help: "The ledger's database file.")
    var ledger: String

    func run() async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "once.demo-payments")
        logger.logLevel = .warning
        var configuration = PaymentsService.Configuration(ledgerPath: ledger)
        configuration.port = port
        try await PaymentsService(configuration: configuration, logger: logger).run()
    }
}

import ArgumentParser
import Logging
import OnceTools
import PaymentsDemo
import ServiceLifecycle

/// `once demo`: the payments service behind the gateway, and a page to try it.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Shows what happens to a payment that is sent twice, with idempotency keys and without.")

    @Option(help: ArgumentHelp("Where to serve the page.", valueName: "host:port"))
    var listen = "127.0.0.1:8080"

    @Option(help: ArgumentHelp("Where to keep the files; by default they are removed at the end.", valueName: "dir"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "Where the gateway keeps its records: \(StoreURL.allowed). Default: an SQLite file among the files.",
            valueName: "url"))
    var store: String?

    @Option(
        help: ArgumentHelp(
            "A fast store in front of a PostgreSQL store: \(StoreURL.Front.allowed). Default: none.", valueName: "url"))
    var front: String?

    func run() async throws {
        guard let listen = ListenAddress(listen) else {
            throw UsageError("--listen \(listen) is no address; allowed is \(ListenAddress.allowed)")
        }
        let store = try StoreURL(store: store, front: front)
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "once.demo")
        logger.logLevel = .warning
        var configuration = Demo.Configuration { port, ledgerPath in
            [DemoPaymentsCommand.configuration.commandName ?? "", "--port", "\(port)", "--ledger", ledgerPath]
        }
        configuration.host = listen.host
        configuration.port = listen.port
        configuration.dataFolder = data
        if let store { configuration.openStore = { try await Self.open(store, logger: $0) } }
        configuration.announce = { port in
            let address = ListenAddress(host: listen.host, port: port)
            Output.write("The demo is ready: open http://\(address)/ in a browser. Ctrl-C stops it.\n")
        }
        let demo = Demo(configuration: configuration, logger: logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: demo, successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: logger))
        try await StopSignals.run(group, logger: logger)
    }

    /// The demo's gateway asks about what was interrupted, so a lease has to end before anybody asks.
    private static func open(_ url: StoreURL, logger: Logger) async throws -> DemoStore {
        let opened = try await url.open(for: .serving(orphansLapseAtOnce: false), logger: logger)
        return DemoStore(opened.store) { await opened.close() }
    }
}

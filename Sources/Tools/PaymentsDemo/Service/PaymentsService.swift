import HTTPTypes
import Hummingbird
public import Logging
public import ServiceLifecycle
import UnixSignals

/// The payments service of the demonstration: an ordinary JSON API over a ``Ledger``.
///
/// It runs as a process of its own, so that it can crash for real, and serves the page as well. It does not make
/// payments idempotent.
///
/// | request | answer |
/// |---|---|
/// | `POST /payments` | 201 and the payment; 400, 402 or 404 when nothing moved |
/// | `GET /reconcile` | what became of the key in `Idempotency-Key`: 200 `message/http`, or 404 for "did nothing" |
/// | `GET /api/state?order=…` | both sides' accounts |
/// | `POST /api/reset` | opening balances again |
/// | `GET /` | the page |
public struct PaymentsService: Service {
    /// The settings of a ``PaymentsService``.
    public struct Configuration: Sendable {
        /// The loopback port to listen at; 0, the default, takes a free one.
        public var port = 0
        /// The ledger's database file; its folder must exist.
        public var ledgerPath: String
        /// How long a payment takes before it is committed. 250 ms, as a card network would: long enough for a second
        /// click, a hang-up or a crash to fall into the middle.
        public var workTime = Duration.milliseconds(250)

        /// Makes the settings for one ledger.
        public init(ledgerPath: String) {
            self.ledgerPath = ledgerPath
        }
    }

    let configuration: Configuration
    let ledger: Ledger
    let logger: Logger
    let crash: @Sendable () -> Void

    /// Opens the ledger.
    ///
    /// - Throws: When the ledger's file cannot be opened or is no SQLite database.
    public init(configuration: Configuration, logger: Logger) throws {
        try self.init(configuration: configuration, logger: logger, crash: CrashPoint.crash)
    }

    init(configuration: Configuration, logger: Logger, crash: @escaping @Sendable () -> Void) throws {
        self.configuration = configuration
        self.logger = logger
        self.crash = crash
        ledger = try Ledger(path: configuration.ledgerPath)
    }

    /// Serves until a graceful shutdown or until the supervisor closes standard input.
    ///
    /// Once it listens it says so with one line on standard output, see ``Announcement``.
    public func run() async throws {
        let application = Application(
            router: router(),
            configuration: .init(address: .hostname("127.0.0.1", port: configuration.port)),
            onServerRunning: { channel in Announcement(port: channel.localAddress?.port ?? 0).write() },
            logger: logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: application),
                    .init(service: Lifeline(), successTerminationBehavior: .gracefullyShutdownGroup),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger))
        try await group.run()
    }

    /// The routes, without a server around them.
    func router() -> Router<BasicRequestContext> {
        let router = Router()
        addPayments(to: router)
        addReconciliation(to: router)
        addState(to: router)
        addPage(to: router)
        return router
    }
}

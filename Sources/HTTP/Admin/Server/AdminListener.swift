import Hummingbird
import HummingbirdCore
import Idempotency
public import Logging
import NIOCore
public import ServiceLifecycle

/// The listener for operators: health, metrics, and the keys API behind a token.
///
/// `/healthz`, `/readyz` and `/metrics` need no token: they tell counts and states, never a key.
public struct AdminListener: Service {
    /// What the listener is told and asked about the program that it belongs to.
    public struct Program: Sendable {
        /// Whether it takes requests now.
        public var isReady: @Sendable () -> Bool
        /// What keeps it from its work although it takes requests, in a few words; `nil` when nothing does.
        public var obstacle: @Sendable () -> String?
        /// All metrics in the Prometheus text format, and what they are served as.
        public var metrics: @Sendable () async -> (text: String, contentType: String)

        /// A program.
        public init(
            isReady: @escaping @Sendable () -> Bool, obstacle: @escaping @Sendable () -> String? = { nil },
            metrics: @escaping @Sendable () async -> (text: String, contentType: String)
        ) {
            self.isReady = isReady
            self.obstacle = obstacle
            self.metrics = metrics
        }
    }

    let configuration: AdminConfiguration
    let operations: KeyOperations
    let program: Program
    let logger: Logger
    private let onListening: @Sendable (_ host: String, _ port: Int) -> Void

    /// A listener.
    ///
    /// - Parameters:
    ///   - configuration: Where it listens, and what opens the keys API.
    ///   - operations: What its keys API does.
    ///   - program: The program that it belongs to.
    ///   - logger: Where it says what an operator should know.
    ///   - onListening: Called once, when it accepts connections, with the numeric address and the port.
    public init(
        configuration: AdminConfiguration, operations: KeyOperations, program: Program, logger: Logger,
        onListening: @escaping @Sendable (_ host: String, _ port: Int) -> Void = { _, _ in }
    ) {
        self.configuration = configuration
        self.operations = operations
        self.program = program
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until graceful shutdown.
    ///
    /// - Throws: What the operating system says when the address cannot be listened on.
    public func run() async throws {
        let onListening = onListening
        let configuration = configuration
        let application = Application(
            router: router,
            server: HTTPServerBuilder { AdminConnections(served: HTTP1Channel(responder: $0)) },
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil),
            onServerRunning: { channel in
                let address = channel.localAddress
                onListening(address?.ipAddress ?? configuration.host, address?.port ?? configuration.port)
            },
            logger: logger)
        try await application.run()
    }

    /// The routes.
    var router: Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.add(middleware: AdminErrors())
        router.get("healthz") { _, _ in AdminResponse.text("ok\n") }
        router.get("readyz") { _, _ in await readiness() }
        router.get("metrics") { _, _ in
            let (text, contentType) = await program.metrics()
            return AdminResponse.text(text, contentType: contentType)
        }
        let keys = router.group("keys").add(middleware: AdminAuthentication(token: configuration.token))
        keys.get { request, _ in try await list(request) }
        keys.get(":id") { _, context in try await show(context) }
        keys.post(":id/resolve") { request, context in try await resolve(request, context) }
        keys.post(":id/release") { request, context in try await release(request, context) }
        return router
    }

    /// Ready when the program takes requests, nothing stands in its way, and the store answers in time.
    private func readiness() async -> Response {
        guard program.isReady() else { return AdminResponse.text("not ready: requests are not taken\n", status: 503) }
        if let obstacle = program.obstacle() { return AdminResponse.text("not ready: \(obstacle)\n", status: 503) }
        switch await storeAnswers() {
        case true?: return AdminResponse.text("ready\n")
        case false?: return AdminResponse.text("not ready: the store refuses\n", status: 503)
        case nil: return AdminResponse.text("not ready: the store does not answer\n", status: 503)
        }
    }

    /// Whether the store answers or refuses; `nil` when it does neither in time.
    private func storeAnswers() async -> Bool? {
        let patience = configuration.readinessPatience
        return await withTaskGroup(of: Bool?.self) { group in
            group.addTask {
                do {
                    _ = try await operations.store.record(RecordID(Digest(0, 0, 0, 0)))
                    return true
                } catch {
                    logger.warning("the store is not ready", metadata: ["idempotency.error": "\(error)"])
                    return false
                }
            }
            group.addTask {
                try? await Task.sleep(for: patience)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}

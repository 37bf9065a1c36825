import Idempotency
import IdempotencyAdmin
import IdempotencyGateway
import IdempotencyHTTP
import IdempotencyPrometheus
public import Logging
import Metrics
import ServiceLifecycle
import Synchronization
import UnixSignals

/// `once gateway`: the gateway, its admin listener and its sweeper, from start to graceful shutdown.
public struct GatewayProgram: Sendable {
    private let settings: GatewaySettings
    private let reread: @Sendable () throws(UsageError) -> GatewaySettings
    private let logger: Logger
    private let announce: @Sendable (String) -> Void

    /// A program with these settings.
    ///
    /// - Parameters:
    ///   - settings: All settings.
    ///   - reread: Reads the settings again, as they are now; for SIGHUP.
    ///   - logger: Where it says what an operator should know.
    ///   - announce: Called once with a line for standard output, when both listeners accept connections.
    public init(
        settings: GatewaySettings, rereading reread: @escaping @Sendable () throws(UsageError) -> GatewaySettings,
        logger: Logger, announce: @escaping @Sendable (String) -> Void
    ) {
        self.settings = settings
        self.reread = reread
        self.logger = logger
        self.announce = announce
    }

    /// Runs until SIGTERM or SIGINT; then drains, and returns when all is stored. A second one ends the process at
    /// once. At SIGHUP the configuration and all files that it names are read again.
    ///
    /// - Throws: What stops it from starting: a store that cannot be opened, an address that is taken.
    public func run() async throws {
        // From here on SIGHUP does not end the process.
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        // Only where nothing follows from it (hold) is an interrupted request taken for ended before its lease is over:
        // the upstream may go on with it although the gateway that sent it has died.
        let isHeld = settings.configuration.interrupted == .hold
        let metrics = PrometheusMetrics(help: MetricMeanings.all)
        let opened = try await settings.store.open(
            for: .serving(orphansLapseAtOnce: isHeld), encryption: settings.encryption, metrics: metrics,
            logger: logger)
        do {
            try await serve(opened, metrics, reloadingAt: hangups)
        } catch {
            await opened.close()
            throw error
        }
        await opened.close()
        logger.info("stopped")
    }

    private func serve(
        _ opened: OpenedStore, _ metrics: PrometheusMetrics, reloadingAt hangups: UnixSignalsSequence
    ) async throws {
        let store = MeteredStore(opened.store, cacheBytes: settings.cacheBytes, factory: metrics)
        let startup = Startup { addresses in announce(line(addresses)) }
        let gateway = Gateway(
            configuration: settings.configuration, store: store, observer: GatewayMetrics(factory: metrics),
            logger: logger, onListening: { startup.gatewayListens(at: "\($0)") })
        let reloading = SettingsReloader(
            from: settings, reading: reread, to: gateway, factory: metrics, logger: logger
        ) { new in
            guard let encryption = opened.encryption, let loaded = new.encryption else { return }
            try encryption.use(loaded.keys)
            // What was shredded must not be told from memory either.
            store.forgetOutcomes()
        }
        describe(opened)
        var sweeping = SweepService<MeteredStore>.Configuration()
        sweeping.interval = settings.sweepInterval
        // The last in the list ends first: the gateway drains while operators can still look.
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(
                        service: ListeningService(
                            base: admin(store, metrics, gateway, reloading, startup), address: settings.admin,
                            isListening: { startup.isAdminListening })),
                    .init(service: SweepService(store, configuration: sweeping, logger: logger)),
                    .init(
                        service: ListeningService(
                            base: gateway, address: settings.listen, isListening: { gateway.boundAddress != nil })),
                    .init(service: ReloadService(signals: hangups) { await reloading.reload() }),
                ], logger: logger))
        try await StopSignals.run(group, logger: logger)
    }

    private func admin(
        _ store: MeteredStore, _ metrics: PrometheusMetrics, _ gateway: Gateway, _ reloading: SettingsReloader,
        _ startup: Startup
    ) -> AdminListener {
        var configuration = AdminConfiguration(token: token())
        configuration.host = settings.admin.host
        configuration.port = settings.admin.port
        let ready = Gauge(label: "idempotency_gateway_ready", factory: metrics)
        let upstreams = UpstreamGauges(factory: metrics)
        let program = AdminListener.Program(
            isReady: { gateway.isReady }, obstacle: { gateway.obstacle },
            metrics: {
                ready.record(gateway.isReady ? 1 : 0)
                upstreams.record(gateway.upstreams)
                reloading.recordAge()
                await store.gaugeRecords()
                return (metrics.text(), PrometheusMetrics.contentType)
            })
        return AdminListener(
            configuration: configuration,
            operations: KeyOperations(store: store, audit: FileAuditLog(path: settings.auditPath)), program: program,
            logger: logger, onListening: { startup.adminListens(at: "\(ListenAddress(host: $0, port: $1))") })
    }

    /// The token that was given, or a new one, which the log tells once.
    private func token() -> AdminToken {
        if let token = settings.adminToken { return token }
        let (token, text) = AdminToken.random()
        logger.notice(
            "no admin-token is set; this one opens the keys API until the gateway stops",
            metadata: ["idempotency.admin-token": "\(text)"])
        return token
    }

    private func line(_ addresses: Startup.Addresses) -> String {
        let scheme = settings.configuration.tls == nil ? "http" : "https"
        return "once gateway is ready: \(scheme)://\(addresses.gateway) forwards to "
            + "\(settings.configuration.upstreamSummary), "
            + "admin http://\(addresses.admin)\n"
    }

    /// Says at start what the promises hang on.
    private func describe(_ opened: OpenedStore) {
        let settings = settings.configuration.policy.routes.last?.settings
        logger.info(
            "gateway starts",
            metadata: [
                "idempotency.upstream": "\(self.settings.configuration.upstreamSummary)",
                "idempotency.store": "\(self.settings.store)",
                "idempotency.front": "\(self.settings.store.front?.description ?? "none")",
                "idempotency.promise": "\(opened.promise)",
                "idempotency.encryption": "\(self.settings.encryption?.description ?? "none")",
                "idempotency.scope": "\(settings.map { $0.scope.summary } ?? "")",
                "idempotency.interrupted": "\(self.settings.configuration.interrupted.summary)",
                "idempotency.routes": "\(self.settings.configuration.policy.routes.count - 1)",
                "idempotency.audit": "\(self.settings.auditPath)",
            ])
    }
}

/// Waits for both listeners, then tells their addresses.
private final class Startup: Sendable {
    struct Addresses {
        var gateway = ""
        var admin = ""
    }

    private let addresses = Mutex(Addresses())
    private let onReady: @Sendable (Addresses) -> Void

    init(onReady: @escaping @Sendable (Addresses) -> Void) {
        self.onReady = onReady
    }

    func gatewayListens(at address: String) { listens { $0.gateway = address } }
    func adminListens(at address: String) { listens { $0.admin = address } }

    var isAdminListening: Bool { addresses.withLock { !$0.admin.isEmpty } }

    private func listens(_ change: (inout Addresses) -> Void) {
        let all = addresses.withLock { addresses in
            change(&addresses)
            return addresses
        }
        if !all.gateway.isEmpty, !all.admin.isEmpty { onReady(all) }
    }
}

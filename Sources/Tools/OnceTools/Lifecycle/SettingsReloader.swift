import IdempotencyGateway
import IdempotencyHTTP
import Logging
import Metrics
import Synchronization

/// Reads the settings again and has the gateway serve by them, or leaves all as it is and says why.
final class SettingsReloader: Sendable {
    private struct State {
        var settings: GatewaySettings
        var since = ContinuousClock.now
    }

    private let state: Mutex<State>
    private let read: @Sendable () throws(UsageError) -> GatewaySettings
    private let gateway: Gateway
    private let onReload: @Sendable (GatewaySettings) throws -> Void
    private let logger: Logger
    private let done: Counter
    private let refused: Counter
    private let age: Gauge

    init(
        from settings: GatewaySettings, reading read: @escaping @Sendable () throws(UsageError) -> GatewaySettings,
        to gateway: Gateway, factory: any MetricsFactory, logger: Logger,
        onReload: @escaping @Sendable (GatewaySettings) throws -> Void = { _ in }
    ) {
        self.onReload = onReload
        state = Mutex(State(settings: settings))
        self.read = read
        self.gateway = gateway
        self.logger = logger
        let label = "idempotency_gateway_reloads_total"
        done = Counter(label: label, dimensions: [("result", "done")], factory: factory)
        refused = Counter(label: label, dimensions: [("result", "refused")], factory: factory)
        age = Gauge(label: "idempotency_gateway_configuration_age_seconds", factory: factory)
    }

    /// Reloads once; says in the log what came of it.
    func reload() async {
        do {
            let new = try read()
            try state.withLock { $0.settings }.checkReload(to: new)
            try await gateway.reload(new.configuration)
            try onReload(new)
            state.withLock { $0 = State(settings: new) }
            done.increment()
            logger.notice(
                "configuration reloaded",
                metadata: [
                    "idempotency.upstream": "\(new.configuration.upstreamSummary)",
                    "idempotency.routes": "\(new.configuration.policy.routes.count - 1)",
                ])
        } catch {
            refused.increment()
            logger.error(
                "configuration not reloaded; the old one stays in force", metadata: ["idempotency.error": "\(error)"])
        }
    }

    /// Records how old the present configuration is.
    func recordAge() {
        let seconds = state.withLock { $0.since.duration(to: .now) }.components.seconds
        age.record(seconds)
    }
}

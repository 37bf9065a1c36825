import Idempotency
import IdempotencyGateway
import IdempotencyHTTP
import Logging

extension Demo {
    /// How long a duplicate waits for the attempt that runs: longer than a payment takes, also when the service has to
    /// start again in the middle.
    private static let wait = Duration.seconds(10)

    /// How long an interrupted payment is left alone before the service is asked about it: longer than a payment takes.
    private static let lease = Duration.seconds(2)

    /// The gateway of the demonstration: what this command makes, at a free port.
    ///
    ///     once gateway --upstream http://127.0.0.1:PORT --wait 10s --lease 2s \
    ///         --interrupted ask:http://127.0.0.1:PORT/reconcile
    static func makeGateway(
        upstreamPort: Int, store: any RecordStore, logger: Logger, onListening: @escaping @Sendable (Int) -> Void
    ) throws -> Gateway {
        var settings = RouteSettings()
        settings.wait = wait
        settings.lease = lease
        let upstream = Origin(host: "127.0.0.1", port: upstreamPort)
        var configuration = GatewayConfiguration(upstream: upstream, policy: try GuardPolicy(defaults: settings))
        configuration.port = 0
        configuration.eventLoops = 1
        configuration.interrupted = .ask(try ReconciliationURL(url: "http://127.0.0.1:\(upstreamPort)/reconcile"))
        return Gateway(configuration: configuration, store: store, logger: logger) { onListening($0.port) }
    }
}

public import Metrics

/// Counts and times requests with swift-metrics: `idempotency_gateway_requests_total` and
/// `idempotency_gateway_request_duration`, each with the dimension `outcome` (seven values); late answers of upstreams:
/// `idempotency_gateway_late_answers_total`, with the dimension `end` (four values); and what was sent to the
/// upstreams: `idempotency_upstream_exchanges_total` and `idempotency_upstream_connect_failures_total`, each with the
/// dimension `upstream` (the URLs that are configured, not the addresses behind them).
public final class GatewayMetrics: GatewayObserver {
    private struct Instruments {
        let count: Counter
        let duration: Metrics.Timer
    }

    private final class UpstreamInstruments: UpstreamObserver {
        let answered: Counter
        let failed: Counter
        let unconnected: Counter

        init(answered: Counter, failed: Counter, unconnected: Counter) {
            self.answered = answered
            self.failed = failed
            self.unconnected = unconnected
        }

        func exchangeEnded(isAnswered: Bool) { (isAnswered ? answered : failed).increment() }

        func connectFailed() { unconnected.increment() }
    }

    private let factory: any MetricsFactory
    private let instruments: [GatewayEvent.Outcome: Instruments]
    private let lateAnswers: [LateAnswer: Counter]

    /// Makes the instruments, once.
    ///
    /// - Parameter factory: Where they come from; the one that the program was set up with by default.
    public init(factory: any MetricsFactory = MetricsSystem.factory) {
        self.factory = factory
        instruments = Dictionary(
            uniqueKeysWithValues: GatewayEvent.Outcome.allCases.map { outcome in
                let dimensions = [("outcome", outcome.rawValue)]
                let instruments = Instruments(
                    count: Counter(
                        label: "idempotency_gateway_requests_total", dimensions: dimensions, factory: factory),
                    duration: Metrics.Timer(
                        label: "idempotency_gateway_request_duration", dimensions: dimensions, factory: factory))
                return (outcome, instruments)
            })
        lateAnswers = Dictionary(
            uniqueKeysWithValues: LateAnswer.allCases.map { end in
                let label = "idempotency_gateway_late_answers_total"
                return (end, Counter(label: label, dimensions: [("end", end.rawValue)], factory: factory))
            })
    }

    /// Counters with the upstream's URL as dimension.
    public func upstream(_ origin: Origin) -> any UpstreamObserver {
        let exchanges = { [factory] (result: String) in
            Counter(
                label: "idempotency_upstream_exchanges_total",
                dimensions: [("upstream", origin.description), ("result", result)], factory: factory)
        }
        return UpstreamInstruments(
            answered: exchanges("answered"), failed: exchanges("failed"),
            unconnected: Counter(
                label: "idempotency_upstream_connect_failures_total", dimensions: [("upstream", origin.description)],
                factory: factory))
    }

    /// Counts the request under its outcome.
    public func requestEnded(_ event: GatewayEvent) {
        guard let instruments = instruments[event.outcome] else { return }
        instruments.count.increment()
        let (seconds, attoseconds) = event.duration.components
        instruments.duration.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    /// Counts the late answer under its end.
    public func lateAnswer(_ end: LateAnswer) {
        lateAnswers[end]?.increment()
    }
}

import IdempotencyGateway
import Metrics
import Synchronization

/// How the upstreams are, as gauges with the dimension `upstream`; those of an upstream that is no longer configured
/// are taken away.
final class UpstreamGauges: Sendable {
    private struct Instruments {
        let up: Gauge
        let down: Gauge
        let outstanding: Gauge
    }

    private let factory: any MetricsFactory
    private let instruments = Mutex([Origin: Instruments]())

    init(factory: any MetricsFactory) {
        self.factory = factory
    }

    /// Records the present state.
    func record(_ upstreams: [UpstreamStatus]) {
        instruments.withLock { instruments in
            for (origin, gone) in instruments where !upstreams.contains(where: { $0.origin == origin }) {
                for gauge in [gone.up, gone.down, gone.outstanding] { gauge.destroy() }
                instruments[origin] = nil
            }
            for status in upstreams {
                let gauges = instruments[status.origin] ?? make(status.origin)
                instruments[status.origin] = gauges
                gauges.up.record(status.usableAddresses)
                gauges.down.record(status.addresses - status.usableAddresses)
                gauges.outstanding.record(status.outstanding)
            }
        }
    }

    private func make(_ origin: Origin) -> Instruments {
        let upstream = ("upstream", origin.description)
        let addresses = { (state: String) in
            Gauge(
                label: "idempotency_upstream_addresses", dimensions: [upstream, ("state", state)],
                factory: self.factory)
        }
        return Instruments(
            up: addresses("up"), down: addresses("down"),
            outstanding: Gauge(
                label: "idempotency_upstream_outstanding", dimensions: [upstream], factory: factory))
    }
}

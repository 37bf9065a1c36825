import Idempotency
import IdempotencyTiered
import Logging
import Metrics

extension OpenedStore {
    /// This store with another one in front of it; closes both.
    func behind(_ front: OpenedStore, metrics: any MetricsFactory, logger: Logger) -> OpenedStore {
        OpenedStore(
            Self.tiers(front: front.store, base: store, metrics: metrics, logger: logger),
            promise:
                "Outcomes and doubts: \(promise) Requests under way: \(front.promise) If that loses one, a retry may "
                + "run beside it; the first of them to end is kept.",
            closing: {
                await front.close()
                await close()
            })
    }

    private static func tiers<Front: OperableStore, Base: OperableStore>(
        front: Front, base: Base, metrics: any MetricsFactory, logger: Logger
    ) -> any OperableStore {
        TieredStore(front: front, base: base, logger: logger, metrics: metrics)
    }
}

import Idempotency
import IdempotencyTiered
import Logging

extension OpenedStore {
    /// This store with another one in front of it; closes both.
    func behind(_ front: OpenedStore, logger: Logger) -> OpenedStore {
        OpenedStore(
            Self.tiers(front: front.store, base: store, logger: logger),
            promise:
                "Outcomes and doubts: \(promise) Requests under way: \(front.promise) If that loses one, a retry may "
                + "run beside it; the first of them to end is kept.",
            closing: {
                await front.close()
                await close()
            })
    }

    private static func tiers<Front: OperableStore, Base: OperableStore>(
        front: Front, base: Base, logger: Logger
    ) -> any OperableStore {
        TieredStore(front: front, base: base, logger: logger)
    }
}

import Idempotency
import Logging
import Metrics
import Synchronization

/// What a tiered store has noticed.
public struct TierStatistics: Hashable, Sendable {
    /// Claims of attempts under way that the store in front had lost, and that were restored or had been claimed anew.
    public var lostClaims = 0
    /// Outcomes that were kept although a second attempt, let in by such a loss, was under way.
    public var overruled = 0
    /// Records that were copied from behind, because the store in front did not have them.
    public var copied = 0
    /// Outcomes that were kept, but could not be put in front.
    public var unpublished = 0

    /// Nothing yet.
    public init() {}
}

/// Counts what is noticed, and says it to the operators: in the log, and as `idempotency_front_events_total` by
/// `event`.
final class TierTally: Sendable {
    /// What is counted, where, and by which instrument.
    private struct Counted: Sendable {
        let event: TierEvents
        let count: any WritableKeyPath<TierStatistics, Int> & Sendable
        let counter: Counter
    }

    private let statistics = Mutex(TierStatistics())
    private let counted: [Counted]
    private let logger: Logger

    init(_ logger: Logger, factory: any MetricsFactory) {
        func counted(
            _ event: TierEvents, _ count: any WritableKeyPath<TierStatistics, Int> & Sendable, _ name: String
        ) -> Counted {
            let counter = Counter(
                label: "idempotency_front_events_total", dimensions: [("event", name)], factory: factory)
            return Counted(event: event, count: count, counter: counter)
        }
        self.counted = [
            counted(.lostClaim, \.lostClaims, "lost_claim"), counted(.overruled, \.overruled, "overruled"),
            counted(.copied, \.copied, "copied"), counted(.unpublished, \.unpublished, "unpublished"),
        ]
        self.logger = logger
    }

    var current: TierStatistics { statistics.withLock { $0 } }

    func count(_ events: TierEvents, of id: RecordID) {
        for counted in counted where events.contains(counted.event) {
            statistics.withLock { $0[keyPath: counted.count] += 1 }
            counted.counter.increment()
        }
        if events.contains(.overruled) {
            logger.error(
                """
                The store in front has lost a claim, and the key was claimed again: two attempts were under way. The \
                outcome of the first one to end is kept.
                """,
                metadata: ["record": "\(id)"])
        } else if events.contains(.lostClaim) {
            logger.warning(
                "The store in front has lost the claim of an attempt that is under way.", metadata: ["record": "\(id)"])
        }
    }
}

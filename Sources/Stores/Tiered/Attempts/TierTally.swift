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
    private struct Instruments: Sendable {
        let lostClaims: Counter
        let overruled: Counter
        let copied: Counter
        let unpublished: Counter
    }

    private let statistics = Mutex(TierStatistics())
    private let instruments: Instruments
    private let logger: Logger

    init(_ logger: Logger, factory: any MetricsFactory) {
        func counter(_ event: String) -> Counter {
            Counter(label: "idempotency_front_events_total", dimensions: [("event", event)], factory: factory)
        }
        instruments = Instruments(
            lostClaims: counter("lost_claim"), overruled: counter("overruled"), copied: counter("copied"),
            unpublished: counter("unpublished"))
        self.logger = logger
    }

    var current: TierStatistics { statistics.withLock { $0 } }

    func count(_ events: TierEvents, of id: RecordID) {
        let counted: [(TierEvents, any WritableKeyPath<TierStatistics, Int> & Sendable, Counter)] = [
            (.lostClaim, \.lostClaims, instruments.lostClaims), (.overruled, \.overruled, instruments.overruled),
            (.copied, \.copied, instruments.copied), (.unpublished, \.unpublished, instruments.unpublished),
        ]
        for (event, count, counter) in counted where events.contains(event) {
            statistics.withLock { $0[keyPath: count] += 1 }
            counter.increment()
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

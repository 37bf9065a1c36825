import Idempotency
import Logging
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

/// Counts what is noticed, and says it to the operators.
final class TierTally: Sendable {
    private let statistics = Mutex(TierStatistics())
    private let logger: Logger

    init(_ logger: Logger) {
        self.logger = logger
    }

    var current: TierStatistics { statistics.withLock { $0 } }

    func count(_ events: TierEvents, of id: RecordID) {
        statistics.withLock { statistics in
            if events.contains(.lostClaim) { statistics.lostClaims += 1 }
            if events.contains(.overruled) { statistics.overruled += 1 }
            if events.contains(.copied) { statistics.copied += 1 }
            if events.contains(.unpublished) { statistics.unpublished += 1 }
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

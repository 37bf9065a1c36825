import Idempotency
import Synchronization

/// Keeps counts that were dear: for ten times as long as they took, half a minute at most.
final class CountCache: Sendable {
    private let kept = Mutex<(counts: RecordCounts, until: ContinuousClock.Instant)?>(nil)

    /// The counts, while they are fresh enough.
    var current: RecordCounts? {
        kept.withLock { kept in kept.flatMap { $0.until > .now ? $0.counts : nil } }
    }

    /// Keeps counts that it took since `start` to find.
    func keep(_ counts: RecordCounts, since start: ContinuousClock.Instant) {
        let time = ContinuousClock.now - start
        kept.withLock { $0 = (counts, .now + min(time * 10, .seconds(30))) }
    }
}

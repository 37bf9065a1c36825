package import Idempotency
import Synchronization

/// The last counts, for as long as they are good enough.
package final class KeptCounts: Sendable {
    private let age: Duration
    private let kept = Mutex<(counts: RecordCounts, until: ContinuousClock.Instant)?>(nil)

    /// Counts are kept for `age`, or twenty times as long as they took: no more than a twentieth of the time is spent
    /// on counting, however many keys there are.
    package init(_ age: Duration) {
        self.age = age
    }

    /// The last counts, if they are not too old at `now`.
    package func current(at now: ContinuousClock.Instant = .now) -> RecordCounts? {
        kept.withLock { kept in
            guard let kept, kept.until > now else { return nil }
            return kept.counts
        }
    }

    /// Keeps counts that were begun at `start` and are there at `now`.
    package func keep(
        _ counts: RecordCounts, since start: ContinuousClock.Instant, until now: ContinuousClock.Instant = .now
    ) {
        kept.withLock { $0 = (counts, now + max(age, (now - start) * 20)) }
    }
}

import Synchronization

/// Counts what a store does.
final class StoreStatistics: Sendable {
    private let counts = Mutex((exchanges: 0, batches: 0))

    /// The counts so far.
    var current: (exchanges: Int, batches: Int) { counts.withLock { $0 } }

    /// A batch was answered.
    func count(exchanges: Int) {
        counts.withLock { counts in
            counts.batches += 1
            counts.exchanges += exchanges
        }
    }
}

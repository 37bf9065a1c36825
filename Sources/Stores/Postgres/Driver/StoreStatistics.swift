import Synchronization

/// Counts what a store does.
final class StoreStatistics: Sendable {
    private let counts = Mutex(PostgresStore.Statistics())

    /// The counts so far.
    var current: PostgresStore.Statistics { counts.withLock { $0 } }

    /// Counts something.
    func count(_ change: (inout PostgresStore.Statistics) -> Void) {
        counts.withLock { change(&$0) }
    }
}

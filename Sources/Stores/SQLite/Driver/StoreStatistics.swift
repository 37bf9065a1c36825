import Synchronization

/// Counts what a store does.
final class StoreStatistics: Sendable {
    private let counts = Mutex(SQLiteStore.Statistics())

    /// The counts so far.
    var current: SQLiteStore.Statistics { counts.withLock { $0 } }

    /// A batch was answered.
    func count(exchanges: Int, logPages: Int) {
        counts.withLock { counts in
            counts.logPages = logPages
            counts.batches += 1
            counts.exchanges += exchanges
        }
    }

    /// The write-ahead log was copied into the database.
    func count(checkpointLeaving pages: Int) {
        counts.withLock { counts in
            counts.checkpoints += 1
            counts.logPages = pages
        }
    }
}

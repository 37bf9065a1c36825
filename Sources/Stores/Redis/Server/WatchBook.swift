import Synchronization

/// What is known of the data behind each marker. It outlives connections, and in a cluster the servers too: whoever
/// serves a slot after a failover has its marker, or has lost it.
final class WatchBook: Sendable {
    private let fresh: ServerWatch
    private let watches = Mutex<[String: ServerWatch]>([:])

    init(fresh: ServerWatch) {
        self.fresh = fresh
    }

    /// What is known of a marker.
    subscript(marker: String) -> ServerWatch {
        get { watches.withLock { $0[marker] ?? fresh } }
        set { watches.withLock { $0[marker] = newValue } }
    }
}

/// What to list.
public struct RecordQuery: Hashable, Sendable {
    /// The state of a record, as operators ask for it.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// An attempt is at it, its lease holds.
        case running
        /// An attempt was at it, its lease is over and nobody has settled it yet.
        case lapsed
        /// The outcome is known.
        case completed
        /// Nobody knows.
        case inDoubt = "in-doubt"
    }

    /// Only records in one of these states; empty means all.
    public var states: Set<State>
    /// Only records whose label has this key.
    public var key: String?
    /// At most this many records in a page, 1…1000.
    public var limit: Int
    /// Where the page before ended, or `nil` for the first page.
    public var after: Cursor?

    /// A query.
    public init(states: Set<State> = [], key: String? = nil, limit: Int = 100, after: Cursor? = nil) {
        self.states = states
        self.key = key
        self.limit = min(max(limit, 1), 1000)
        self.after = after
    }

    /// The place between two records of a listing.
    public struct Cursor: Hashable, Sendable {
        /// When the last record of the page was first claimed.
        public var created: Timestamp
        /// Its id.
        public var id: RecordID

        /// A place after this record.
        public init(created: Timestamp, id: RecordID) {
            self.created = created
            self.id = id
        }
    }
}

/// A page of records.
public struct RecordPage: Hashable, Sendable {
    /// One record with its id.
    public struct Entry: Hashable, Sendable {
        /// Which key.
        public var id: RecordID
        /// What is known of it.
        public var record: Record

        /// An entry.
        public init(id: RecordID, record: Record) {
            self.id = id
            self.record = record
        }
    }

    /// The records, oldest claim first.
    public var entries: [Entry]
    /// Where to go on, or `nil` when this was the last page.
    public var next: RecordQuery.Cursor?
    /// The store's clock.
    public var now: Timestamp

    /// A page.
    public init(entries: [Entry], next: RecordQuery.Cursor?, now: Timestamp) {
        self.entries = entries
        self.next = next
        self.now = now
    }
}

/// How many records a store holds.
public struct RecordCounts: Hashable, Sendable {
    /// Running under a lease that holds.
    public var running: Int
    /// Running, but the lease is over.
    public var lapsed: Int
    /// Completed and not expired.
    public var completed: Int
    /// In doubt.
    public var inDoubt: Int
    /// Expired and not yet swept.
    public var expired: Int

    /// Counts.
    public init(running: Int = 0, lapsed: Int = 0, completed: Int = 0, inDoubt: Int = 0, expired: Int = 0) {
        self.running = running
        self.lapsed = lapsed
        self.completed = completed
        self.inDoubt = inDoubt
        self.expired = expired
    }
}

extension Record {
    /// The state as operators ask for it, or `nil` when the record has expired.
    public func queryState(at now: Timestamp) -> RecordQuery.State? {
        switch state {
        case .running: hasLiveLease(at: now) ? .running : .lapsed
        case .completed: isExpired(at: now) ? nil : .completed
        case .inDoubt: .inDoubt
        }
    }
}

/// The one thing a store does: replace the record of this key, if it is still the one expected.
///
/// Its content lies in one place that copies share: an exchange is handed on many times on its way to the store.
public struct Exchange: Hashable, Sendable {
    private let content: Content

    /// Replaces what is `expecting` by `next`.
    public init(_ id: RecordID, expecting: Expectation, next: Draft?) {
        content = Content(id, expecting, next)
    }

    /// Which key.
    public var id: RecordID { content.id }
    /// What must be there for the write to happen.
    public var expecting: Expectation { content.expecting }
    /// What to write, or `nil` to delete the record.
    public var next: Draft? { content.next }

    /// Equal exchanges want the same of the same key.
    public static func == (a: Exchange, b: Exchange) -> Bool {
        a.content === b.content || a.id == b.id && a.expecting == b.expecting && a.next == b.next
    }

    /// Hashes all that counts for equality.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(expecting)
        hasher.combine(next)
    }

    private final class Content: Sendable {
        let id: RecordID
        let expecting: Expectation
        let next: Draft?

        init(_ id: RecordID, _ expecting: Expectation, _ next: Draft?) {
            self.id = id
            self.expecting = expecting
            self.next = next
        }
    }
}

/// What must be there for a conditional write to happen.
public enum Expectation: Hashable, Sendable {
    /// No record, or an expired one.
    case vacant
    /// An attempt under this owner, whether its lease holds or not.
    case running(Owner)
    /// An attempt under this owner that has renewed exactly this often: what a takeover expects, so that a sign of life
    /// between its look and its write makes it fail.
    case unrenewed(Owner, renewals: UInt32)
    /// A doubt under this owner.
    case inDoubt(Owner)

    /// Whether `record` is what is expected at `now`.
    public func holds(for record: Record?, at now: Timestamp) -> Bool {
        guard let record, !record.isExpired(at: now) else {
            if case .vacant = self { return true } else { return false }
        }
        return switch (self, record.state) {
        case (.running(let owner), .running): record.owner == owner
        case (.unrenewed(let owner, let renewals), .running): record.owner == owner && record.renewals == renewals
        case (.inDoubt(let owner), .inDoubt): record.owner == owner
        case (.vacant, _), (.running, _), (.unrenewed, _), (.inDoubt, _): false
        }
    }
}

/// What a store answers to an exchange; `now` is the store's clock at that moment.
public enum ExchangeReply: Hashable, Sendable {
    /// The write happened; this is the record as stamped, or `nil` if it was deleted.
    case stored(Record?, now: Timestamp)
    /// The write did not happen; this is what is there instead, or `nil` if the key is vacant.
    case conflict(Record?, now: Timestamp)

    /// The record after the exchange.
    public var record: Record? {
        switch self {
        case .stored(let record, _), .conflict(let record, _): record
        }
    }

    /// The store's clock at the exchange.
    public var now: Timestamp {
        switch self {
        case .stored(_, let now), .conflict(_, let now): now
        }
    }
}

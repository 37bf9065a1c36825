public import Idempotency

/// What a record in doubt becomes.
public enum Settlement: Hashable, Sendable {
    /// The operation took effect: every retry gets this outcome, for so long.
    case completed(Outcome, retention: Duration)
    /// The operation did nothing: the key is free, a retry runs it.
    case vacant

    /// What the audit log calls it.
    var action: AuditEntry.Action {
        switch self {
        case .completed: .resolve
        case .vacant: .release
        }
    }

    /// What to write after `record`; `nil` deletes it.
    func draft(after record: Record, owner: Owner) -> Draft? {
        switch self {
        case .vacant: return nil
        case .completed(let outcome, let retention):
            var draft = Draft(record, state: .completed(outcome, retention: retention))
            draft.owner = owner
            return draft
        }
    }
}

/// What a settlement has changed.
public struct Settled: Hashable, Sendable {
    /// The record as it was.
    public let before: FoundRecord
    /// The record as it is; `nil` after a release.
    public let after: Record?
}

/// A record, with the store's clock when it was read.
public struct FoundRecord: Hashable, Sendable {
    /// Which record.
    public let id: RecordID
    /// What is known of it.
    public let record: Record
    /// The store's clock.
    public let now: Timestamp

    init(id: RecordID, record: Record, now: Timestamp) {
        self.id = id
        self.record = record
        self.now = now
    }

    init(_ entry: RecordPage.Entry, now: Timestamp) {
        self.init(id: entry.id, record: entry.record, now: now)
    }
}

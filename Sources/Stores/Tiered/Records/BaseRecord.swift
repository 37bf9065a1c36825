import Idempotency

/// What lies in the store behind under a key, and what it means.
///
/// Outcomes and doubts lie there as they are: they are the truth. What is running there is a *marker*, which replaces
/// what a write under way expects, so that this write fails: with attempt 0 it means nothing else; with any other it
/// holds the recovery point of an attempt as well, so that it outlives the store in front.
enum BaseRecord {
    /// Nothing.
    case vacant
    /// An outcome or a doubt.
    case truth(Record)
    /// A marker without meaning.
    case blank(Record)
    /// A marker with a recovery point.
    case recoveryPoint(Record)

    /// What lies there means.
    init(_ record: Record?) {
        guard let record else {
            self = .vacant
            return
        }
        self =
            switch record.state {
            case .completed, .inDoubt: .truth(record)
            case .running: record.attempt == 0 ? .blank(record) : .recoveryPoint(record)
            }
    }
}

extension Draft {
    /// A marker without meaning; the rest is taken from what is about to be written.
    init(blankFor draft: Draft, mark: Owner, number: UInt32) {
        self.init(claiming: draft.fingerprint, owner: mark, lease: .zero, label: draft.label)
        fence = draft.fence ?? Fence(0)
        attempt = 0
        renewals = number
    }

    /// A marker like `record` under another owner: what expects that one fails.
    init(remarking record: Record, mark: Owner, number: UInt32) {
        self.init(record, state: .running(lease: .zero))
        owner = mark
        renewals = number
    }

    /// A record of one store as it is put into the other, its time cut short by the time that has passed.
    init(copying record: Record, at now: Timestamp) {
        let state: State =
            switch record.state {
            case .running: .running(lease: record.remainingLease(at: now))
            case .completed(let outcome, _, let expires): .completed(outcome, retention: max(expires - now, .zero))
            case .inDoubt(let doubt, _): .inDoubt(doubt)
            }
        self.init(record, state: state)
        renewals = record.renewals
    }
}

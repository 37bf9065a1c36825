public import Idempotency

/// A record as programs see it, in the admin API and with `--json`.
public struct RecordView: Encodable, Sendable {
    /// The record id, 64 hexadecimal digits.
    public let id: String
    /// `running`, `lapsed`, `completed`, `in-doubt` or `expired`.
    public let state: String
    /// The key as the caller sent it, if it is kept readable.
    public let key: String
    /// A printable name of the scope.
    public let scope: String
    /// The operation, route or consumer.
    public let operation: String
    /// The attempt that wrote the record last, 32 hexadecimal digits.
    public let owner: String
    /// The fence of that attempt.
    public let fence: UInt64
    /// How many attempts have claimed the key since it was vacant.
    public let attempt: UInt32
    /// How often the attempt gave a sign of life.
    public let renewals: UInt32
    /// When the key was first claimed.
    public let created: String
    /// The algorithm and the digest of what was asked: `1:…`.
    public let fingerprint: String
    /// The size of the checkpoint in bytes, if there is one.
    public let checkpointBytes: Int?
    /// When the lease of a running attempt ends, or has ended.
    public let leaseEnds: String?
    /// Why nobody knows.
    public let doubt: String?
    /// Since when nobody knows.
    public let since: String?
    /// The outcome.
    public let outcome: OutcomeView?

    /// A record as seen at `now`.
    ///
    /// - Parameter withContent: Whether the stored answer itself is shown, or only its size and digest.
    public init(_ record: Record, id: RecordID, at now: Timestamp, withContent: Bool = false) {
        self.id = id.description
        state = record.queryState(at: now)?.rawValue ?? "expired"
        key = record.label.key
        scope = record.label.scope
        operation = record.label.operation
        owner = record.owner.description
        fence = record.fence.number
        attempt = record.attempt
        renewals = record.renewals
        created = record.created.text
        fingerprint = "\(record.fingerprint.algorithm):\(record.fingerprint.digest)"
        checkpointBytes = record.checkpoint.isEmpty ? nil : record.checkpoint.count
        switch record.state {
        case .running(let leaseEnd):
            (leaseEnds, doubt, since, outcome) = (leaseEnd.text, nil, nil, nil)
        case .inDoubt(let doubt, let since):
            (leaseEnds, self.doubt, self.since, outcome) = (nil, doubt.name, since.text, nil)
        case .completed(let outcome, let at, let expires):
            (leaseEnds, doubt, since) = (nil, nil, nil)
            self.outcome = OutcomeView(outcome, at: at, expires: expires, withContent: withContent)
        }
    }
}

extension Doubt {
    /// What the admin API and the tools call it.
    public var name: String {
        switch self {
        case .leaseLapsed: "lease-lapsed"
        case .unknownEnd: "unknown-end"
        case .unrecorded: "unrecorded"
        case .reconcileUnknown: "reconcile-unknown"
        case .shutDown: "shut-down"
        }
    }

    /// What it means, in a sentence.
    public var meaning: String {
        switch self {
        case .leaseLapsed: "The attempt's lease ran out and it was not heard of again."
        case .unknownEnd: "The operation ended in a way that does not tell: a broken connection, a time-out."
        case .unrecorded: "The operation ended and its outcome could not be written."
        case .reconcileUnknown: "The reconciliation was asked and could not tell either."
        case .shutDown: "The process that ran the attempt was shut down before it ended."
        }
    }
}

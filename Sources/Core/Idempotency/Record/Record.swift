/// All that is known of one key: what was asked, who is at it, and how it ended.
///
/// Its content lies in one place that copies share; a change makes a new one.
public struct Record: Hashable, Sendable {
    /// Where the key stands. A key without a record is vacant.
    public enum State: Hashable, Sendable {
        /// An attempt is at it and may run alone until `leaseEnd`.
        case running(leaseEnd: Timestamp)
        /// The outcome is known and kept until `expires`; then the key is vacant again.
        case completed(Outcome, at: Timestamp, expires: Timestamp)
        /// The attempt ended and nobody knows whether it took effect. Stays until it is settled.
        case inDoubt(Doubt, since: Timestamp)
    }

    private var content: Content

    /// A record of these parts; stores make it of what they read.
    public init(
        fingerprint: Fingerprint, owner: Owner, fence: Fence, attempt: UInt32, renewals: UInt32, created: Timestamp,
        state: State, checkpoint: [UInt8] = [], label: Label = Label()
    ) {
        content = Content(
            Fields(
                fingerprint: fingerprint, owner: owner, fence: fence, attempt: attempt, renewals: renewals,
                created: created, state: state, checkpoint: checkpoint, label: label))
    }

    /// What was asked.
    public var fingerprint: Fingerprint {
        get { content.fields.fingerprint }
        set { change { $0.fingerprint = newValue } }
    }
    /// The attempt that wrote the record last.
    public var owner: Owner {
        get { content.fields.owner }
        set { change { $0.owner = newValue } }
    }
    /// The fence of that attempt.
    public var fence: Fence {
        get { content.fields.fence }
        set { change { $0.fence = newValue } }
    }
    /// How many attempts have claimed the key since it was vacant; 1 for the first.
    public var attempt: UInt32 {
        get { content.fields.attempt }
        set { change { $0.attempt = newValue } }
    }
    /// How often the present attempt has renewed its lease or saved a checkpoint. A takeover names the count that it
    /// saw, so that it fails when the attempt gave a sign of life after all.
    public var renewals: UInt32 {
        get { content.fields.renewals }
        set { change { $0.renewals = newValue } }
    }
    /// When the key was first claimed.
    public var created: Timestamp {
        get { content.fields.created }
        set { change { $0.created = newValue } }
    }
    /// Where the key stands.
    public var state: State {
        get { content.fields.state }
        set { change { $0.state = newValue } }
    }
    /// The recovery point that the attempts have saved, or empty.
    public var checkpoint: [UInt8] {
        get { content.fields.checkpoint }
        set { change { $0.checkpoint = newValue } }
    }
    /// What an operator recognises the record by.
    public var label: Label {
        get { content.fields.label }
        set { change { $0.label = newValue } }
    }

    /// Equal records hold the same.
    public static func == (a: Record, b: Record) -> Bool {
        a.content === b.content || a.content.fields == b.content.fields
    }

    /// Hashes all that counts for equality.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(content.fields)
    }

    /// Whether the record no longer counts at `now`: only completed ones expire, and they do so at the very instant.
    public func isExpired(at now: Timestamp) -> Bool {
        if case .completed(_, _, let expires) = state { expires <= now } else { false }
    }

    /// Whether an attempt is running under a lease that still holds at `now`.
    public func hasLiveLease(at now: Timestamp) -> Bool {
        if case .running(let leaseEnd) = state { leaseEnd > now } else { false }
    }

    /// How long the lease still holds at `now`; zero when it is over or the record is not running.
    public func remainingLease(at now: Timestamp) -> Duration {
        if case .running(let leaseEnd) = state, leaseEnd > now { leaseEnd - now } else { .zero }
    }

    /// Rare, so that what is shared never changes.
    private mutating func change(_ body: (inout Fields) -> Void) {
        var fields = content.fields
        body(&fields)
        content = Content(fields)
    }

    private struct Fields: Hashable {
        var fingerprint: Fingerprint
        var owner: Owner
        var fence: Fence
        var attempt: UInt32
        var renewals: UInt32
        var created: Timestamp
        var state: State
        var checkpoint: [UInt8]
        var label: Label
    }

    private final class Content: Sendable {
        let fields: Fields

        init(_ fields: Fields) {
            self.fields = fields
        }
    }
}

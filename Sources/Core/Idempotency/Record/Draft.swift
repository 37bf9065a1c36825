/// A record as an attempt wants it written; the store stamps the times and, for a claim, the fence.
public struct Draft: Hashable, Sendable {
    /// The state to write. Lease and retention travel as durations, because only the store's clock counts.
    public enum State: Hashable, Sendable {
        /// Run alone for this long from now.
        case running(lease: Duration)
        /// Keep this outcome for this long from now.
        case completed(Outcome, retention: Duration)
        /// Nobody knows.
        case inDoubt(Doubt)
    }

    /// What was asked.
    public var fingerprint: Fingerprint
    /// The attempt that writes.
    public var owner: Owner
    /// The fence to keep, or `nil` in a claim: the store then stamps one higher than any earlier one of the key.
    public var fence: Fence?
    /// The number of the attempt since the key was vacant.
    public var attempt: UInt32
    /// The number of renewals of this attempt, this write included.
    public var renewals: UInt32
    /// When the key was first claimed, or `nil` if that is now.
    public var created: Timestamp?
    /// The state to write.
    public var state: State
    /// The recovery point to keep.
    public var checkpoint: [UInt8]
    /// The label to keep.
    public var label: Label

    /// The first claim of a vacant key.
    public init(claiming fingerprint: Fingerprint, owner: Owner, lease: Duration, label: Label = Label()) {
        self.fingerprint = fingerprint
        self.owner = owner
        fence = nil
        attempt = 1
        renewals = 0
        created = nil
        state = .running(lease: lease)
        checkpoint = []
        self.label = label
    }

    /// A takeover of `record` by a new owner: a new fence, the next attempt, the same checkpoint.
    public init(takingOver record: Record, owner: Owner, lease: Duration) {
        self.init(claiming: record.fingerprint, owner: owner, lease: lease, label: record.label)
        attempt = record.attempt &+ 1
        created = record.created
        checkpoint = record.checkpoint
    }

    /// `record` in another state, all else kept: a completion, a doubt, or a renewal (which counts itself).
    public init(_ record: Record, state: State) {
        fingerprint = record.fingerprint
        owner = record.owner
        fence = record.fence
        attempt = record.attempt
        renewals = record.renewals
        created = record.created
        self.state = state
        checkpoint = record.checkpoint
        label = record.label
        if case .running = state { renewals &+= 1 }
    }

    /// The record that a store makes of this draft at `now`; `fence` is what it stamps if the draft is a claim.
    public func stamped(at now: Timestamp, fence newFence: Fence) -> Record {
        let stampedState: Record.State =
            switch state {
            case .running(let lease): .running(leaseEnd: now + lease)
            case .completed(let outcome, let retention): .completed(outcome, at: now, expires: now + retention)
            case .inDoubt(let doubt): .inDoubt(doubt, since: now)
            }
        return Record(
            fingerprint: fingerprint, owner: owner, fence: fence ?? newFence, attempt: attempt, renewals: renewals,
            created: created ?? now, state: stampedState, checkpoint: checkpoint, label: label)
    }
}

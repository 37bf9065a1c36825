/// All that is known of one key: what was asked, who is at it, and how it ended.
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

    /// What was asked.
    public var fingerprint: Fingerprint
    /// The attempt that wrote the record last.
    public var owner: Owner
    /// The fence of that attempt.
    public var fence: Fence
    /// How many attempts have claimed the key since it was vacant; 1 for the first.
    public var attempt: UInt32
    /// How often the present attempt has renewed its lease or saved a checkpoint. A takeover names the count that it
    /// saw, so that it fails when the attempt gave a sign of life after all.
    public var renewals: UInt32
    /// When the key was first claimed.
    public var created: Timestamp
    /// Where the key stands.
    public var state: State
    /// The recovery point that the attempts have saved, or empty.
    public var checkpoint: [UInt8]
    /// What an operator recognises the record by.
    public var label: Label

    /// A record of these parts; stores make it of what they read.
    public init(
        fingerprint: Fingerprint, owner: Owner, fence: Fence, attempt: UInt32, renewals: UInt32, created: Timestamp,
        state: State, checkpoint: [UInt8] = [], label: Label = Label()
    ) {
        self.fingerprint = fingerprint
        self.owner = owner
        self.fence = fence
        self.attempt = attempt
        self.renewals = renewals
        self.created = created
        self.state = state
        self.checkpoint = checkpoint
        self.label = label
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
}

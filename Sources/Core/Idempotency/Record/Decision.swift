/// What to do about an attempt that was interrupted: a crash, a lost lease, an end that nobody classified.
public enum InterruptedRule: Hashable, Sendable {
    /// Run the operation again; it is safe to repeat.
    case rerun
    /// Leave it in doubt until an operator or the attempt itself settles it.
    case hold
    /// Take over, then ask what became of it.
    case reconcile
}

/// What the engine makes of the record that it met.
public enum Decision: Hashable, Sendable {
    /// Nothing there: claim it.
    case claim
    /// The key was used for another request; it is never run and its outcome is never told.
    case mismatch
    /// The outcome is known: give it again.
    case replay(Outcome)
    /// Nobody knows whether the earlier attempt took effect.
    case inDoubt(Doubt)
    /// An attempt is at it, and its lease holds for `remaining`.
    case inProgress(remaining: Duration)
    /// The lease is over: run again under a new owner and fence.
    case takeOver(Record)
    /// The lease is over: take over, then ask before anything runs.
    case reconcile(Record)
    /// The lease is over: write the doubt down.
    case hold(Record)

    /// Decides, in the order that the promises demand.
    ///
    /// - Parameters:
    ///   - record: What is there, or `nil` for a vacant key.
    ///   - now: The store's clock when it said so.
    ///   - fingerprint: What is asked now.
    ///   - alternatives: The same request under older versions of the fingerprint algorithm.
    ///   - interrupted: What to do about an interrupted attempt.
    public init(
        on record: Record?, at now: Timestamp, fingerprint: Fingerprint, alternatives: [Fingerprint] = [],
        interrupted: InterruptedRule
    ) {
        guard let record, !record.isExpired(at: now) else {
            self = .claim
            return
        }
        guard record.fingerprint == fingerprint || alternatives.contains(record.fingerprint) else {
            self = .mismatch
            return
        }
        switch record.state {
        case .completed(let outcome, _, _): self = .replay(outcome)
        case .inDoubt(let doubt, _): self = .inDoubt(doubt)
        case .running(let leaseEnd) where leaseEnd > now: self = .inProgress(remaining: leaseEnd - now)
        case .running:
            switch interrupted {
            case .rerun: self = .takeOver(record)
            case .hold: self = .hold(record)
            case .reconcile: self = .reconcile(record)
            }
        }
    }
}

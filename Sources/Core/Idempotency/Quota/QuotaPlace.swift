/// The place of one execution in a quota, from before the claim to its end.
package struct QuotaPlace: Sendable {
    private enum Stage: Hashable, Sendable {
        /// A new key has its place, and the claim is under way.
        case reserved
        /// The key is claimed by this execution; its record grows or vanishes with the end.
        case claimed
        /// No place is held.
        case over
    }

    /// Why no new key may be claimed, if so.
    package let excess: QuotaExcess?
    private let quota: Quota
    private let scope: String
    private var stage: Stage

    /// Asks for a place of a new key in this scope.
    package init(in quota: Quota, of scope: String) {
        self.quota = quota
        let scope = quota.name(of: scope)
        self.scope = scope
        excess = quota.withLedger { $0.admit(scope) }
        stage = excess == nil ? .reserved : .over
    }

    /// Follows an execution: called with all its effects.
    package mutating func follow(_ effects: Effects, isDone: Bool) {
        switch effects.start {
        case .operation(let record), .reconciliation(let record):
            // A takeover makes no new key.
            if stage == .reserved { enter(record.attempt == 1 ? .claimed : .over) }
        case nil: break
        }
        if stage == .claimed {
            switch effects.answer ?? effects.lateAnswer {
            case .performed(let outcome, _), .replayed(let outcome): grow(by: StoreUsage(bytes: outcome.bytes.count))
            case .released: grow(by: -.key)
            case .inDoubt, .superseded, .unavailable, .mismatch, .inProgress, .overQuota, nil: break
            }
        }
        if isDone, stage == .reserved { enter(.over) }
    }

    private mutating func enter(_ stage: Stage) {
        quota.withLedger { [scope] in stage == .claimed ? $0.claimed(scope) : $0.notClaimed(scope) }
        self.stage = stage
    }

    private mutating func grow(by usage: StoreUsage) {
        quota.withLedger { [scope] in $0.change(usage, of: scope) }
        stage = .over
    }
}

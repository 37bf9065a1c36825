import Idempotency

extension Record {
    /// The outcome, if it is known.
    var outcome: Outcome? {
        if case .completed(let outcome, _, _) = state { outcome } else { nil }
    }

    /// The doubt, if there is one.
    var doubt: Doubt? {
        if case .inDoubt(let doubt, _) = state { doubt } else { nil }
    }

    /// When the lease ends, if an attempt is running.
    var leaseEnd: Timestamp? {
        if case .running(let leaseEnd) = state { leaseEnd } else { nil }
    }

    /// When the outcome is forgotten, if it is known.
    var expires: Timestamp? {
        if case .completed(_, _, let expires) = state { expires } else { nil }
    }
}

public import Idempotency

extension Refusal {
    /// The refusal that a caller gets for an execution's answer, or `nil` when the answer is an outcome or a release,
    /// which have answers of their own.
    package init?(_ answer: Answer, retryAfter: Duration = .seconds(1)) {
        switch answer {
        case .performed, .replayed, .released: return nil
        case .mismatch: self = .mismatch
        case .inProgress(let hint): self = .inProgress(retryAfter: hint)
        case .inDoubt: self = .inDoubt(retryAfter: nil)
        case .superseded: self = .superseded(retryAfter: retryAfter)
        case .overQuota(let excess): self = .quotaReached(excess, retryAfter: Quota.retryAfter)
        case .unavailable(.corrupt, _): self = .recordUnreadable
        case .unavailable(.shutDown, _): self = .shuttingDown(retryAfter: retryAfter)
        case .unavailable: self = .storeUnavailable(retryAfter: retryAfter)
        }
    }

    /// The refusal that a caller gets for an error of `Once`, or `nil` for `answerNotRetained`, whose tombstone tells
    /// more (`StoredAnswer`).
    public init?(_ error: OnceError) {
        let wait = error.retryAfter ?? .seconds(1)
        switch error.code {
        case .mismatch: self = .mismatch
        case .inProgress: self = .inProgress(retryAfter: wait)
        case .inDoubt: self = .inDoubt(retryAfter: error.retryAfter)
        case .superseded: self = .superseded(retryAfter: wait)
        case .overQuota: self = .quotaReached(.keysPerScope, retryAfter: wait)
        case .overloaded: self = .overloaded(retryAfter: wait)
        case .shuttingDown: self = .shuttingDown(retryAfter: wait)
        case .undecodable: self = .recordUnreadable
        case .answerNotRetained: return nil
        default: self = .storeUnavailable(retryAfter: wait)
        }
    }
}

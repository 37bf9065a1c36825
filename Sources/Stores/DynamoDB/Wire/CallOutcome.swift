import Idempotency

/// How a call of the service ended.
enum CallOutcome: Sendable {
    /// The service did what it was asked; its answer in JSON.
    case answered([UInt8])
    /// The service refused; its answer in JSON.
    case refused(ServiceFailure, [UInt8])
    /// There was no whole answer.
    case lost(LostCall)
}

/// A call without a whole answer.
struct LostCall: Error, Sendable {
    /// What happened, without addresses and data.
    let reason: String
    /// Whether anything of it may have reached the server.
    let wasSent: Bool
    /// What may be done about it, if it makes no sense to try again.
    var code = StoreError.Code.unavailable

    func error(afterUnknown isUnknown: Bool = false) -> StoreError {
        StoreError(code, reason, effect: isUnknown || wasSent ? .unknown : .notApplied, cause: self)
    }
}

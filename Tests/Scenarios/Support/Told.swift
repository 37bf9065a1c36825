import Idempotency

/// What a caller was told.
enum Told: Hashable, Sendable {
    /// The operation ran for this caller.
    case performed(String)
    /// The operation ran before.
    case replayed(String)
    /// The engine refused.
    case refused(OnceError.Code, OnceError.Retry)
    /// The operation's own error, by its description.
    case failed(String)
    /// Nothing: the caller had left.
    case nothing
}

extension Told {
    static let inProgress = Told.refused(.inProgress, .sameKey)
    static let inDoubt = Told.refused(.inDoubt, .sameKeyLater)
    static let mismatch = Told.refused(.mismatch, .never)
    static let superseded = Told.refused(.superseded, .sameKey)
    static let unavailable = Told.refused(.storeUnavailable, .sameKey)
}

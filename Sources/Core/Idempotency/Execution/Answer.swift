/// What the caller of an execution is told.
package enum Answer: Hashable, Sendable {
    /// The operation ran and this is its outcome, stored under this fence.
    case performed(Outcome, Fence)
    /// The operation ran before and this is its outcome.
    case replayed(Outcome)
    /// The operation ended without having done anything; the key is free again.
    case released
    /// The key was used for another request.
    case mismatch
    /// Another attempt is running; try again after this long.
    case inProgress(retryAfter: Duration)
    /// Nobody knows whether an attempt took effect.
    case inDoubt(Doubt)
    /// Another attempt took over before this one could record its end; its own result does not count.
    case superseded
    /// The key is new, and no new one is allowed; nothing ran.
    case overQuota(QuotaExcess)
    /// The store could not say; nothing ran.
    case unavailable(StoreError.Code, String)
}

extension Answer {
    /// All short names.
    package static let names = [
        "performed", "replayed", "released", "mismatch", "in_progress", "in_doubt", "superseded", "over_quota",
        "unavailable",
    ]

    /// A short name for logs and metrics.
    package var name: String { Self.names[position] }

    /// The place of the name among all.
    var position: Int {
        switch self {
        case .performed: 0
        case .replayed: 1
        case .released: 2
        case .mismatch: 3
        case .inProgress: 4
        case .inDoubt: 5
        case .superseded: 6
        case .overQuota: 7
        case .unavailable: 8
        }
    }
}

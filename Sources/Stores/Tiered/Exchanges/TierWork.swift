import Idempotency

/// What is to be done for an exchange, as a value: a question to one of the stores and what follows its reply, or the
/// end. Who asks, and how it waits, is none of its business.
indirect enum TierWork: Sendable {
    /// What follows a reply.
    typealias Following = @Sendable (Result<ExchangeReply, StoreError>) -> TierWork

    /// Asks the store in front.
    case front(Exchange, Following)
    /// Asks the store behind.
    case base(Exchange, Following)
    /// All is done.
    case done(Result<ExchangeReply, StoreError>, TierEvents = [])
}

/// What was noticed on the way.
struct TierEvents: OptionSet, Sendable {
    let rawValue: Int
    /// The store in front had lost the claim of an attempt that was under way.
    static let lostClaim = TierEvents(rawValue: 1)
    /// Another attempt, which the loss had let in, was under way when the outcome of the first one was kept.
    static let overruled = TierEvents(rawValue: 2)
    /// The store behind knew what the one in front did not.
    static let copied = TierEvents(rawValue: 4)
    /// The outcome is kept, but the store in front could not be told.
    static let unpublished = TierEvents(rawValue: 8)
}

extension StoreError {
    /// The same, where what failed has changed nothing that anybody can see.
    var unapplied: StoreError { StoreError(code, message, effect: .notApplied, cause: cause) }

    /// The same, where an earlier part was applied.
    var uncertain: StoreError { StoreError(code, message, effect: .unknown, cause: cause) }
}

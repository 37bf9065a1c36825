import Idempotency

/// What stands between the engine and the world in an exploration: nothing, or a fault put in on purpose.
///
/// The engine itself is always the real one; a faulty decision is made by lying to it.
struct DecisionModel: Sendable {
    /// The identity that an attempt draws.
    var owner: @Sendable (_ attempt: Int) -> Owner = { Owner(high: 0, low: UInt64($0) + 1) }
    /// What the engine is held to.
    var rule: @Sendable (InterruptedRule) -> InterruptedRule = { $0 }
    /// What the engine is shown of a reply to its claim.
    var view: @Sendable (ExchangeReply, Execution) -> ExchangeReply = { reply, _ in reply }
    /// What the engine is told of the end of the operation.
    var end: @Sendable (Execution.End) -> Execution.End = { $0 }
    /// Whose answer a waiting attempt takes a nudge for.
    var nudge: @Sendable (_ teller: Request, _ listener: Request) -> Request = { teller, _ in teller }
    /// Whether a completion that failed is followed by a release, the attempt being gone then.
    var releasesAfterFailure = false
    /// Whether the lease is counted from the answer instead of from the sending.
    var countsFromTheAnswer = false

    /// The engine as it is.
    static let real = DecisionModel()

    /// An engine that takes the records of other requests for its own when the closure says so.
    static func mistaking(_ isMistaken: @escaping @Sendable (Record, Timestamp) -> Bool) -> DecisionModel {
        var model = DecisionModel()
        model.view = { reply, execution in
            guard case .conflict(var record?, let now) = reply, isMistaken(record, now) else { return reply }
            record.fingerprint = execution.request.fingerprint
            return .conflict(record, now: now)
        }
        return model
    }
}

/// Hears how requests end, for metrics and dashboards.
public protocol GatewayObserver: Sendable {
    /// A request ended; called on its event loop, and must not block.
    func requestEnded(_ event: GatewayEvent)
}

/// How a request ended.
public struct GatewayEvent: Hashable, Sendable {
    /// What became of a request.
    public enum Outcome: String, Hashable, Sendable, CaseIterable {
        /// Its operation ran and its outcome was stored, or it is known to have done nothing.
        case executed
        /// It got the stored answer of an earlier one.
        case replayed
        /// Its key had been used for another request.
        case mismatch
        /// An earlier one with its key was still running.
        case inProgress = "in_progress"
        /// Nobody knows whether the earlier one with its key, or it itself, took effect.
        case inDoubt = "in_doubt"
        /// It was refused before anything was looked up or run.
        case refused
        /// It was not guarded.
        case passedThrough = "passed_through"
    }

    /// What became of it.
    public let outcome: Outcome
    /// The status that was answered, or `nil` when the client had gone before.
    public let status: Int?
    /// From the read header to the end of the answer.
    public let duration: Duration

    /// An event.
    public init(outcome: Outcome, status: Int?, duration: Duration) {
        self.outcome = outcome
        self.status = status
        self.duration = duration
    }
}

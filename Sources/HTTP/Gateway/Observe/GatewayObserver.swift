/// Hears how requests end, for metrics and dashboards.
public protocol GatewayObserver: Sendable {
    /// A request ended; called on its event loop, and must not block.
    func requestEnded(_ event: GatewayEvent)
    /// An exchange with the upstream was given up, and this is what became of it; called on its event loop, and must
    /// not block.
    func lateAnswer(_ end: LateAnswer)
    /// Who hears how the exchanges with this upstream end; asked once per upstream.
    func upstream(_ origin: Origin) -> any UpstreamObserver
}

extension GatewayObserver {
    /// Of no interest.
    public func lateAnswer(_ end: LateAnswer) {}

    /// Nobody.
    public func upstream(_ origin: Origin) -> any UpstreamObserver { SilentUpstreamObserver() }
}

/// What became of an exchange with the upstream after the caller was told that there was no answer in time.
public enum LateAnswer: String, Hashable, Sendable, CaseIterable {
    /// The answer came after all, and settled the doubt.
    case settled
    /// The answer came after all; an operator, a reconciliation or another attempt had settled the doubt before.
    case overruled
    /// No answer came, or one that tells nothing: the doubt remains.
    case missing
    /// It was not kept open, because too many were: the doubt remains.
    case refused
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

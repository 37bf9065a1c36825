/// How an exchange with an upstream ended without a whole answer.
public enum ExchangeFailure: Hashable, Sendable, CaseIterable {
    /// No connection was made: the name was not found, the connection was refused, the TLS handshake failed. Not a byte
    /// of the request was sent.
    case neverConnected
    /// The upstream closed the connection, or broke the protocol, after a byte of the request was sent.
    case brokeOff
    /// The time for the answer was over after a byte of the request was sent.
    case timedOut

    /// What it means for the key. Only what was never sent is known to have done nothing.
    public var disposition: Disposition {
        self == .neverConnected ? .release : .inDoubt
    }

    /// What the caller is told.
    public func refusal(retryAfter: Duration = .seconds(1)) -> Refusal {
        switch self {
        case .neverConnected: .upstreamUnreachable(retryAfter: retryAfter)
        case .brokeOff: .upstreamBrokeOff
        case .timedOut: .upstreamTimedOut
        }
    }
}

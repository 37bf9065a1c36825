import IdempotencyHTTP
import NIOCore

/// Whoever started an exchange with the upstream; all calls come on its event loop.
///
/// After `upstreamEnded` or `upstreamFailed` no further call comes, and the connection is no longer the listener's.
protocol UpstreamListener: AnyObject {
    /// An interim answer (1xx other than 101) came; the final one follows.
    func upstreamInformed(_ head: AnswerHead)
    /// An answer came that switches to another protocol (101).
    ///
    /// - Returns: Whether that was asked for, and a tunnel has taken the connection over; if not, the exchange fails.
    func upstreamSwitched(_ head: AnswerHead) -> Bool
    /// The upstream sends no more, and still takes what comes; only of a connection that was switched.
    func upstreamFinished()
    /// The header of the answer came.
    func upstreamAnswered(_ head: AnswerHead)
    /// A piece of the answer's body came.
    func upstreamSent(_ body: ByteBuffer)
    /// The answer is complete.
    func upstreamEnded(trailers: Headers?)
    /// All that could be read at present has been passed on: a good moment to flush.
    func upstreamReadCompleted()
    /// The connection takes more of the request, or takes no more at present.
    func upstreamWritabilityChanged(isWritable: Bool)
    /// The exchange ended without a complete answer.
    func upstreamFailed(_ failure: UpstreamFailure)
    /// The upstream has been silent for too long.
    ///
    /// - Returns: How long the exchange is kept open all the same, whatever comes; it ends with `timedOut` after that.
    ///   At once with `nil`.
    func upstreamFellSilent() -> TimeAmount?
}

extension UpstreamListener {
    /// No other protocol was asked for.
    func upstreamSwitched(_ head: AnswerHead) -> Bool { false }

    /// Of answers this is told by their end.
    func upstreamFinished() {}

    /// Whoever waits for the answer waits no longer, so that there is nothing to keep open.
    func upstreamFellSilent() -> TimeAmount? { nil }
}

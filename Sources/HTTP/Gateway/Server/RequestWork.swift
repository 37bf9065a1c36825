import IdempotencyHTTP
import NIOCore

/// What becomes of one request: passed through, guarded, or answered by the gateway itself.
///
/// All calls come on the connection's event loop. When the work has sent the end of the answer, or was told that the
/// client is gone, no further call comes.
protocol RequestWork: AnyObject {
    /// The request's header has been read; the answer may be sent at once.
    func begin()
    /// A piece of the request's body came.
    func receive(_ body: ByteBuffer)
    /// The request is complete.
    func receiveEnd(trailers: Headers?)
    /// All that could be read at present has been passed on: a good moment to flush.
    func readCompleted()
    /// The client takes more of the answer, or takes no more at present.
    func clientWritabilityChanged(isWritable: Bool)
    /// The client hung up, was silent for too long, or sent what is not HTTP: nothing can be sent any more.
    func clientGone()
    /// The client sends no more, and still takes what comes; only of a connection that was switched to another
    /// protocol.
    func clientFinished()
}

extension RequestWork {
    /// Of requests this is told by their end.
    func clientFinished() {}
}

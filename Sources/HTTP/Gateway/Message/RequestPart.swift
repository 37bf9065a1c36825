import IdempotencyHTTP
import NIOCore

/// A part of a request, in the order in which they come.
enum RequestPart {
    case head(IncomingRequest)
    case body(ByteBuffer)
    /// The end, with the fields behind the body if there are any.
    case end(Headers?)
}

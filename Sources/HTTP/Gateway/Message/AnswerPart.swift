import IdempotencyHTTP
import NIOCore

/// A part of an answer, in the order in which they come; an interim answer has a head only.
enum AnswerPart {
    case head(AnswerHead)
    case body(ByteBuffer)
    /// The end, with the fields behind the body if there are any.
    case end(Headers?)
}

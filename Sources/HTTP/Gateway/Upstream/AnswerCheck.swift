import IdempotencyHTTP
import NIOHTTP1

/// What is to be thought of a connection after an answer. The answer itself is refused where it is read
/// (`AnswerDecoder`): then no client is told another answer than its own.
enum AnswerCheck {
    /// Whether a body may follow although the status has none: then what comes next on the connection is not sure to be
    /// the next answer.
    static func maySayMore(_ head: AnswerHead) -> Bool {
        guard head.status == .noContent else { return false }
        return head.headers.contains("Transfer-Encoding") || head.headers.contains("Content-Length")
    }
}

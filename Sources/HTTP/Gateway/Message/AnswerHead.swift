import IdempotencyHTTP
import NIOHTTP1

/// What stands before the body of an answer.
struct AnswerHead {
    var version = HTTPVersion.http1_1
    let status: HTTPResponseStatus
    var headers: Headers = [:]
}

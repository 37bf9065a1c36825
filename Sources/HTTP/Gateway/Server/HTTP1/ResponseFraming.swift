import IdempotencyHTTP
import NIOHTTP1

/// Decides how the client learns where an answer ends (RFC 9112 section 6).
enum ResponseFraming {
    /// Sets the framing headers of an answer; `Content-Length` counts if it is there.
    ///
    /// - Returns: Whether only the end of the connection can tell where the answer ends.
    static func frame(_ head: inout AnswerHead, for request: RequestLine) -> Bool {
        head.version = request.version
        head.headers.remove("Transfer-Encoding")
        if head.status.code < 200 || head.status == .noContent {
            head.headers.remove("Content-Length")
            return false
        }
        if request.isHead || head.status == .notModified || head.headers.contains("Content-Length") {
            return false
        }
        guard request.version == .http1_1 else { return true }
        head.headers.append("Transfer-Encoding", "chunked")
        return false
    }
}

import NIOHTTP1

/// Decides how the client learns where an answer ends (RFC 9112 section 6).
enum ResponseFraming {
    /// Sets the framing headers of an answer; `Content-Length` counts if it is there.
    ///
    /// - Returns: Whether only the end of the connection can tell where the answer ends.
    static func frame(_ head: inout HTTPResponseHead, for request: RequestLine) -> Bool {
        head.version = request.version
        if head.headers.contains(name: "transfer-encoding") { head.headers.remove(name: "transfer-encoding") }
        if head.status.code < 200 || head.status == .noContent {
            head.headers.remove(name: "content-length")
            return false
        }
        if request.method == .HEAD || head.status == .notModified || head.headers.contains(name: "content-length") {
            return false
        }
        guard request.version == .http1_1 else { return true }
        head.headers.add(name: "transfer-encoding", value: "chunked")
        return false
    }
}

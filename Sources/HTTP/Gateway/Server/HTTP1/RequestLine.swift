import IdempotencyHTTP
import NIOHTTP1

/// What the way an answer is framed depends on.
struct RequestLine {
    let isHead: Bool
    let version: HTTPVersion
    /// Whether the client wants to go on using the connection, and may.
    let keepsAlive: Bool

    init(_ request: IncomingRequest) {
        let head = request.head
        isHead = head.method == "HEAD"
        version = request.version
        // After a request that asks for another protocol the parser takes no further one.
        let wantsUpgrade = head.headers.contains("Upgrade") || head.method == "CONNECT"
        keepsAlive = version == .http1_1 && head.headers.keepsAlive(in: .http1_1) && !wantsUpgrade
    }
}

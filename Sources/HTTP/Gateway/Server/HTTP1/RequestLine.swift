import NIOHTTP1

/// What the way an answer is framed depends on.
struct RequestLine {
    let method: HTTPMethod
    let version: HTTPVersion
    /// Whether the client wants to go on using the connection, and may.
    let keepsAlive: Bool

    init(_ head: HTTPRequestHead) {
        method = head.method
        version = head.version
        // After a request that asks for another protocol the parser takes no further one.
        let wantsUpgrade = head.headers.contains(name: "upgrade") || head.method == .CONNECT
        keepsAlive = head.version == .http1_1 && head.headers.keepsAlive(in: .http1_1) && !wantsUpgrade
    }
}

import IdempotencyHTTP
import NIOHTTP1

extension Headers {
    /// The same lines in the neutral type.
    init(_ headers: HTTPHeaders) {
        self.init(headers.map { HeaderField($0.name, $0.value) })
    }
}

extension HTTPHeaders {
    /// Whether another message may follow on the connection (RFC 9112 section 9.3). The same as the library says, and
    /// quicker where there is no `Connection`, as in nearly all messages.
    func keepsAlive(in version: HTTPVersion) -> Bool {
        guard contains(name: "connection") else { return version == .http1_1 }
        return HTTPRequestHead(version: version, method: .GET, uri: "/", headers: self).isKeepAlive
    }

    /// The same lines in the type of the channel handlers, with room for a few more.
    init(_ headers: Headers, adding count: Int = 4) {
        var lines: [(String, String)] = []
        lines.reserveCapacity(headers.count + count)
        for field in headers.fields { lines.append((field.name, field.value)) }
        self.init(lines)
    }
}

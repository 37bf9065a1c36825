import Idempotency
import IdempotencyHTTP
import NIOCore
import NIOHTTP1

/// A guarded request with its whole body: what goes upstream, and what the engine is asked.
struct GuardedRequest {
    /// Method, target and all headers as the client sent them.
    let head: RequestHead
    /// The headers that go on to the upstream.
    let forwarded: Headers
    /// What is added to `Via`.
    let via: String
    private(set) var body: ByteBuffer
    let route: Route
    let key: IdempotencyKey
    /// A digest of the scope, for the upstream: equal for equal scopes and telling nothing else.
    let scopeDigest: String
    /// What the engine is asked.
    let request: Request

    var settings: RouteSettings { route.settings }

    /// The header of the request as the upstream gets it, under this fence.
    func upstreamHead(fence: Fence) -> HTTPRequestHead {
        var headers = forwarded
        headers.remove("Expect")
        headers.set("Content-Length", String(body.readableBytes))
        headers.append(FieldName.attempt, String(fence.number))
        headers.append(FieldName.scope, scopeDigest)
        headers.append("Via", via)
        return HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: head.method), uri: head.target,
            headers: HTTPHeaders(headers))
    }

    /// Lets the body go: it has been sent, and is never sent again.
    ///
    /// - Returns: Its size in bytes.
    mutating func dropBody() -> Int {
        defer { body = ByteBuffer() }
        return body.readableBytes
    }

    /// The key as the upstream knows it: the line that the client sent, or an RFC 8941 string when it came otherwise.
    var keyLine: String {
        if let line = forwarded[FieldName.idempotencyKey] { return line }
        let escaped = key.string.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }
}

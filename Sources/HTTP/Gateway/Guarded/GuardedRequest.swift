import Idempotency
import IdempotencyHTTP
import NIOCore
import NIOHTTP1

/// A guarded request with its whole body: what goes upstream, and what the engine is asked.
///
/// An object, since it goes from hand to hand and a copy of it would be one of twenty strings.
final class GuardedRequest {
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

    init(
        head: RequestHead, forwarded: Headers, via: String, body: ByteBuffer, route: Route, key: IdempotencyKey,
        scopeDigest: String, request: Request
    ) {
        self.head = head
        self.forwarded = forwarded
        self.via = via
        self.body = body
        self.route = route
        self.key = key
        self.scopeDigest = scopeDigest
        self.request = request
    }

    var settings: RouteSettings { route.settings }

    /// The header of the request as the upstream gets it, under this fence.
    func upstreamHead(fence: Fence) -> RequestHead {
        // The body is whole by now, and its length is told; nobody waits for leave to send it.
        var headers = forwarded.filtered { name, _ in
            !FieldName.areEqual(name, "Content-Length") && !FieldName.areEqual(name, "Expect")
        }
        headers.append("Content-Length", String(body.readableBytes))
        headers.append(FieldName.attempt, String(fence.number))
        headers.append(FieldName.scope, scopeDigest)
        headers.append("Via", via)
        return RequestHead(method: head.method, target: head.target, headers: headers)
    }

    /// Lets the body go: it has been sent, and is never sent again.
    ///
    /// - Returns: Its size in bytes.
    func dropBody() -> Int {
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

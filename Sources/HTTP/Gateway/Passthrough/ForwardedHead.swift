import IdempotencyHTTP
import NIOHTTP1

/// Turns the header of a message into the one that is sent on: parsed, filtered and written anew.
enum ForwardedHead {
    /// What the gateway adds to `Via` (RFC 9110 section 7.6.3): the version that the request came by, and its name.
    static func via(_ version: HTTPVersion, byHTTP2: Bool) -> String {
        if byHTTP2 { "2.0 once" } else { version == .http1_0 ? "1.0 once" : ownVia }
    }

    /// `Via` of a request that begins here.
    static let ownVia = "1.1 once"

    /// The header of a request that is not guarded as the upstream gets it.
    ///
    /// - Parameters:
    ///   - head: The request as the client sent it.
    ///   - forwarded: Its headers that go on.
    ///   - via: What is added to `Via`.
    static func request(_ head: HTTPRequestHead, forwarded: Headers, via: String) -> HTTPRequestHead {
        var headers = HTTPHeaders(forwarded)
        if head.headers.contains(name: "transfer-encoding") {
            headers.add(name: "Transfer-Encoding", value: "chunked")
        }
        headers.add(name: "Via", value: via)
        return HTTPRequestHead(version: .http1_1, method: head.method, uri: head.uri, headers: headers)
    }

    /// The headers of an answer as the client gets them; the connection adds the framing.
    static func answer(_ head: HTTPResponseHead) -> Headers {
        HopByHop.response(Headers(head.headers))
    }

    /// The fields behind a body as they go on, or `nil` when none do.
    static func trailers(_ trailers: HTTPHeaders?) -> HTTPHeaders? {
        guard let trailers, !trailers.isEmpty else { return nil }
        let forwarded = TrailerFields.forwarded(Headers(trailers))
        return forwarded.isEmpty ? nil : HTTPHeaders(forwarded)
    }
}

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
    static func request(_ head: RequestHead, forwarded: Headers, via: String) -> RequestHead {
        var headers = forwarded
        if head.headers.contains("Transfer-Encoding") { headers.append("Transfer-Encoding", "chunked") }
        headers.append("Via", via)
        return RequestHead(method: head.method, target: head.target, headers: headers)
    }

    /// The headers of an answer as the client gets them; the connection adds the framing.
    static func answer(_ head: AnswerHead) -> Headers {
        HopByHop.response(head.headers)
    }

    /// The fields behind a body as they go on, or `nil` when none do.
    static func trailers(_ trailers: Headers?) -> Headers? {
        guard let trailers, !trailers.isEmpty else { return nil }
        let forwarded = TrailerFields.forwarded(trailers)
        return forwarded.isEmpty ? nil : forwarded
    }
}

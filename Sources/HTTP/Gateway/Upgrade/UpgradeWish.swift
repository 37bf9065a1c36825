import IdempotencyHTTP
import NIOHTTP1

/// The wish of a request to go on in another protocol (RFC 9110 section 7.8): what of it goes upstream, and which
/// answer grants it.
struct UpgradeWish {
    /// The protocols that were asked for and may be switched to, as the client named them.
    let protocols: [String]

    /// Finds a wish that may be granted; `nil` when there is none: then the request goes on without it.
    ///
    /// - Parameters:
    ///   - head: A request that is not guarded.
    ///   - headers: Its headers.
    ///   - allowed: The protocols that may be switched to.
    init?(_ head: HTTPRequestHead, _ headers: Headers, allowed: [UpgradeProtocol]) {
        guard !allowed.isEmpty, head.method == .GET, head.version == .http1_1 else { return nil }
        let asked = headers.tokens(of: "Upgrade").filter { name in allowed.contains { $0.isNamed(name) } }
        guard !asked.isEmpty, Self.nominates(headers) else { return nil }
        // What follows a body might be taken for the other protocol by one reader and for the body by another.
        guard !headers.contains("Transfer-Encoding"), headers["Content-Length"].map({ $0 == "0" }) ?? true,
            !headers.contains("Expect")
        else { return nil }
        protocols = asked.map(String.init)
    }

    /// Puts the wish into the header that goes upstream.
    func add(to headers: inout HTTPHeaders) {
        headers.add(name: "Connection", value: "upgrade")
        headers.add(name: "Upgrade", value: protocols.joined(separator: ", "))
    }

    /// The headers by which the client learns that its wish is granted; `nil` when this answer (101) does not grant it:
    /// it names no protocol, or one that was not asked for, or could be read as an answer with a body.
    func granted(by head: HTTPResponseHead) -> HTTPHeaders? {
        let headers = Headers(head.headers)
        let names = headers.tokens(of: "Upgrade")
        guard head.version == .http1_1, names.count == 1, Self.nominates(headers),
            protocols.contains(where: { FieldName.areEqual($0, names[0]) }),
            !headers.contains("Content-Length"), !headers.contains("Transfer-Encoding")
        else { return nil }
        var granted = HTTPHeaders(HopByHop.response(headers))
        granted.add(name: "Connection", value: "upgrade")
        granted.add(name: "Upgrade", value: String(names[0]))
        return granted
    }

    private static func nominates(_ headers: Headers) -> Bool {
        headers.tokens(of: "Connection").contains { FieldName.areEqual($0, "upgrade") }
    }
}

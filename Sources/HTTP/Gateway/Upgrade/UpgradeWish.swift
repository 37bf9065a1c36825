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
    ///   - request: A request that is not guarded.
    ///   - allowed: The protocols that may be switched to.
    init?(_ request: IncomingRequest, allowed: [UpgradeProtocol]) {
        guard !allowed.isEmpty, request.head.method == "GET", request.version == .http1_1 else { return nil }
        let headers = request.head.headers
        let asked = headers.tokens(of: "Upgrade").filter { name in allowed.contains { $0.isNamed(name) } }
        guard !asked.isEmpty, Self.nominates(headers) else { return nil }
        // What follows a body might be taken for the other protocol by one reader and for the body by another.
        guard !headers.contains("Transfer-Encoding"), headers["Content-Length"].map({ $0 == "0" }) ?? true,
            !headers.contains("Expect")
        else { return nil }
        protocols = asked.map(String.init)
    }

    /// Puts the wish into the header that goes upstream.
    func add(to headers: inout Headers) {
        headers.append("Connection", "upgrade")
        headers.append("Upgrade", protocols.joined(separator: ", "))
    }

    /// The headers by which the client learns that its wish is granted; `nil` when this answer (101) does not grant it:
    /// it names no protocol, or one that was not asked for, or could be read as an answer with a body.
    func granted(by head: AnswerHead) -> Headers? {
        let headers = head.headers
        let names = headers.tokens(of: "Upgrade")
        guard head.version == .http1_1, names.count == 1, Self.nominates(headers),
            protocols.contains(where: { FieldName.areEqual($0, names[0]) }),
            !headers.contains("Content-Length"), !headers.contains("Transfer-Encoding")
        else { return nil }
        var granted = HopByHop.response(headers)
        granted.append("Connection", "upgrade")
        granted.append("Upgrade", String(names[0]))
        return granted
    }

    private static func nominates(_ headers: Headers) -> Bool {
        headers.tokens(of: "Connection").contains { FieldName.areEqual($0, "upgrade") }
    }
}

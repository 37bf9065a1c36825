/// Headers that are meant for one connection and never forwarded (RFC 9110 section 7.6.1).
public enum HopByHop {
    /// The headers that are dropped whether `Connection` names them or not.
    public static let names = [
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade",
    ]

    private static let dropped = NameSet(names + FieldName.internalNames)
    private static let droppedFromStrangers = NameSet(names + FieldName.internalNames + ForwardedClient.names)

    /// The headers that no client may have removed by naming them in `Connection`.
    public static let protected =
        [
            FieldName.idempotencyKey, "Authorization", "Cookie", "Host", "Content-Length", "Content-Type",
            "Content-Encoding", "Origin",
        ] + ForwardedClient.names + FieldName.internalNames

    /// The headers of a request that go on to the upstream: without those of the connection and without those that only
    /// this project's parts may set.
    ///
    /// - Parameters:
    ///   - headers: What the client sent.
    ///   - significant: More names that no client may have removed: those of the key, the scope, the fingerprint.
    ///   - isTrusted: Whether the sender is believed what it says about the client that it speaks for; what anybody
    ///     else says about that is dropped as well.
    /// - Throws: `Refusal.forbiddenHeader` when `Connection` names a protected header.
    public static func request(
        _ headers: Headers, significant: [String] = [], from isTrusted: Bool = true
    ) throws(Refusal) -> Headers {
        let nominated = nominated(in: headers)
        for token in nominated {
            let isNamed = { (name: String) in FieldName.areEqual(token, name) }
            if let name = protected.first(where: isNamed) ?? significant.first(where: isNamed) {
                throw .forbiddenHeader(name)
            }
        }
        return without(nominated, isTrusted ? dropped : droppedFromStrangers, in: headers)
    }

    /// The headers of an upstream's answer that go on to the client. `Idempotency-Outcome` is between the upstream and
    /// us, and no upstream may claim that its answer is a replay.
    public static func response(_ headers: Headers) -> Headers {
        without(nominated(in: headers), dropped, in: headers)
    }

    private static func without(_ nominated: [Substring], _ dropped: NameSet, in headers: Headers) -> Headers {
        headers.filtered { name, _ in
            if dropped.contains(name) { return false }
            return !nominated.contains { FieldName.areEqual($0, name) }
        }
    }

    /// The names that `Connection` has. Of the two usual words neither is the name of a line that would stay.
    private static func nominated(in headers: Headers) -> [Substring] {
        let isUsual = headers.has("keep-alive", in: "Connection") || headers.has("close", in: "Connection")
        return isUsual && headers.count(of: "Connection") == 1 ? [] : headers.tokens(of: "Connection")
    }
}

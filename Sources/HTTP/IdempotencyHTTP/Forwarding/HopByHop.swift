/// Headers that are meant for one connection and never forwarded (RFC 9110 section 7.6.1).
public enum HopByHop {
    /// The headers that are dropped whether `Connection` names them or not.
    public static let names = [
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade",
    ]

    private static let dropped = NameSet(names + FieldName.internalNames)

    /// The headers that no client may have removed by naming them in `Connection`.
    public static let protected =
        [
            FieldName.idempotencyKey, "Authorization", "Cookie", "Host", "Content-Length", "Content-Type",
            "Content-Encoding", "Origin", "Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host",
        ] + FieldName.internalNames

    /// The headers of a request that go on to the upstream: without those of the connection and without those that only
    /// this project's parts may set.
    ///
    /// - Parameters:
    ///   - headers: What the client sent.
    ///   - significant: More names that no client may have removed: those of the key, the scope, the fingerprint.
    /// - Throws: `Refusal.forbiddenHeader` when `Connection` names a protected header.
    public static func request(_ headers: Headers, significant: [String] = []) throws(Refusal) -> Headers {
        let nominated = headers.tokens(of: "Connection")
        for token in nominated {
            let isNamed = { (name: String) in FieldName.areEqual(token, name) }
            if let name = protected.first(where: isNamed) ?? significant.first(where: isNamed) {
                throw .forbiddenHeader(name)
            }
        }
        return without(nominated, in: headers)
    }

    /// The headers of an upstream's answer that go on to the client. `Idempotency-Outcome` is between the upstream and
    /// us, and no upstream may claim that its answer is a replay.
    public static func response(_ headers: Headers) -> Headers {
        without(headers.tokens(of: "Connection"), in: headers)
    }

    private static func without(_ nominated: [Substring], in headers: Headers) -> Headers {
        Headers(
            headers.fields.filter { field in
                !dropped.contains(field.name) && !nominated.contains { FieldName.areEqual($0, field.name) }
            })
    }
}

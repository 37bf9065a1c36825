public import Crypto
public import Idempotency

/// How the scope of a request is found: whose key it is.
public struct ScopeRule: Sendable {
    /// What becomes of callers without a credential.
    public enum Anonymous: Hashable, Sendable {
        /// They share one scope, so they can meet each other's keys.
        case share
        /// They are turned away.
        case refuse
    }

    /// What tells callers apart.
    public var source: ScopeSource
    /// What becomes of callers without a credential.
    public var anonymous: Anonymous
    /// The key of the HMAC that credentials are hashed with; a plain SHA-256 without one.
    public var secret: SymmetricKey?

    /// A rule; by default the `Authorization` header, and callers without one share a scope.
    public init(source: ScopeSource = .credential, anonymous: Anonymous = .share, secret: SymmetricKey? = nil) {
        self.source = source
        self.anonymous = anonymous
        self.secret = secret
    }

    /// The scope of callers without a credential.
    public static let anonymousScope = Scope("anonymous")

    /// The scope of a request.
    ///
    /// - Parameters:
    ///   - headers: The request's headers.
    ///   - verified: The identity that the program verified, for `ScopeSource.verified`.
    /// - Throws: `Refusal.credentialMissing` when the caller has no credential and such callers are turned away.
    public func scope(of headers: Headers, verified: String? = nil) throws(Refusal) -> Scope {
        switch source {
        case .shared: return .shared
        case .verified:
            guard let verified, !verified.isEmpty else { return try withoutCredential() }
            return Scope("verified", verified)
        case .header(let name): return try scope(of: CollectionOfOne(name), in: headers)
        case .headers(let names): return try scope(of: names, in: headers)
        }
    }

    private func withoutCredential() throws(Refusal) -> Scope {
        guard anonymous == .share else { throw .credentialMissing }
        return Self.anonymousScope
    }

    private func scope(of names: some Collection<String>, in headers: Headers) throws(Refusal) -> Scope {
        var fields = FieldBuffer()
        for name in names {
            let values = headers.values(of: name)
            guard values.contains(where: { !$0.isEmpty }) else { return try withoutCredential() }
            fields.append(name.lowercased().utf8)
            fields.append(list: values)
        }
        return Scope("credential", hexadecimalHash(of: fields.bytes))
    }

    private func hexadecimalHash(of bytes: [UInt8]) -> String {
        if let secret { return Self.hexadecimal(HMAC<SHA256>.authenticationCode(for: bytes, using: secret)) }
        return Self.hexadecimal(SHA256.hash(data: bytes))
    }

    private static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
        String(unsafeUninitializedCapacity: 64) { text in
            var count = 0
            for byte in digest {
                text[count] = Hexadecimal.digit(byte >> 4)
                text[count + 1] = Hexadecimal.digit(byte & 15)
                count += 2
            }
            return count
        }
    }
}

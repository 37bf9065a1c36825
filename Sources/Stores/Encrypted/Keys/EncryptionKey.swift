import Crypto

/// One key: a name that records carry, and the secrets of all scopes that were not shredded.
public struct EncryptionKey: Sendable {
    /// The name: 1 to 32 letters, digits, dots, hyphens and underscores. Every record carries the one that it was
    /// encrypted with, readable.
    public let id: String
    /// What keyed fingerprints are made with; it outlives the shredding of scopes.
    let fingerprints: KeyedHash
    /// What everything else is encrypted with.
    var scopes: ScopeTree
    /// What both were derived from; gone as soon as a scope was shredded.
    private(set) var secret: SymmetricKey?

    /// A key with a secret of 256 bits.
    init(id: String, secret: SymmetricKey) {
        self.id = id
        self.secret = secret
        // The secret is uniform: it needs no extraction (RFC 5869, section 3.3).
        fingerprints = KeyedHash(secret.expanded(for: "once fingerprints"))
        scopes = ScopeTree(root: secret.expanded(for: "once scopes"))
    }

    /// What shredding has left of a key.
    init(id: String, fingerprints: SymmetricKey, scopes: ScopeTree) {
        self.id = id
        self.fingerprints = KeyedHash(fingerprints)
        self.scopes = scopes
    }

    /// The key of a scope, or `nil` if the scope was shredded.
    func key(of scope: ScopeName) -> SymmetricKey? {
        scopes.secret(of: scope.leaf)?.expanded(for: "once scope key", scope.bytes)
    }

    /// Makes the records of a scope unreadable.
    ///
    /// - Returns: Whether they were readable before.
    mutating func shred(_ scope: ScopeName) -> Bool {
        secret = nil
        return scopes.remove(scope.leaf)
    }

    static func isAllowed(id: String) -> Bool {
        (1...32).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || [0x2D, 0x2E, 0x5F].contains(byte)
            }
    }
}

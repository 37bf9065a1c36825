import Crypto

/// The secrets of all scopes as a tree from which single scopes can be taken out for ever.
///
/// A scope is a leaf, 64 steps below the root; the secret of a child is derived from that of its parent by
/// HKDF-Expand (RFC 5869), and nothing leads back. To shred a scope, the nodes on its way are replaced by the 64 that
/// branch off from it: all other leaves are still below one of those, the shredded one below none. It is the secret
/// tree of RFC 9420 (section 9) with its deletion schedule, used for scopes in the place of members of a group.
struct ScopeTree: Equatable, Sendable {
    /// The place of a node: the first steps from the root, in the upper bits.
    struct Place: Hashable, Sendable {
        let path: UInt64
        let depth: Int

        /// The place `depth` steps on the way to a leaf.
        init(towards leaf: UInt64, depth: Int) {
            path = depth == 0 ? 0 : (leaf >> UInt64(ScopeTree.depth - depth)) << UInt64(ScopeTree.depth - depth)
            self.depth = depth
        }

        /// The other child of its parent; the root has none.
        var sibling: Place? {
            guard depth > 0 else { return nil }
            return Place(towards: path ^ (1 << UInt64(ScopeTree.depth - depth)), depth: depth)
        }
    }

    /// Steps from the root to a leaf. Two scopes that share a leaf have keys of their own, but are shredded together:
    /// with 64 steps that takes billions of scopes.
    static let depth = 64

    /// The nodes whose secrets are kept; none lies below another one.
    private(set) var secrets: [Place: SymmetricKey]

    /// The whole tree.
    init(root: SymmetricKey) {
        secrets = [Place(towards: 0, depth: 0): root]
    }

    /// What is left of a tree.
    init(secrets: [Place: SymmetricKey]) {
        self.secrets = secrets
    }

    /// The secret of a leaf, or `nil` if it was taken out.
    func secret(of leaf: UInt64) -> SymmetricKey? {
        guard let start = start(towards: leaf), var secret = secrets[start] else { return nil }
        for depth in start.depth..<Self.depth { secret = Self.child(of: secret, towards: leaf, below: depth) }
        return secret
    }

    /// Takes a leaf out.
    ///
    /// - Returns: Whether it was still there.
    mutating func remove(_ leaf: UInt64) -> Bool {
        guard let start = start(towards: leaf), var secret = secrets.removeValue(forKey: start) else { return false }
        for depth in start.depth..<Self.depth {
            let next = Place(towards: leaf, depth: depth + 1)
            if let sibling = next.sibling {
                secrets[sibling] = Self.child(of: secret, towards: sibling.path, below: depth)
            }
            secret = Self.child(of: secret, towards: leaf, below: depth)
        }
        return true
    }

    /// The node that is kept on the way to a leaf.
    private func start(towards leaf: UInt64) -> Place? {
        for depth in 0...Self.depth {
            let place = Place(towards: leaf, depth: depth)
            if secrets[place] != nil { return place }
        }
        return nil
    }

    private static func child(of secret: SymmetricKey, towards leaf: UInt64, below depth: Int) -> SymmetricKey {
        let isRight = (leaf >> UInt64(Self.depth - 1 - depth)) & 1 == 1
        return secret.expanded(for: isRight ? "once scope right" : "once scope left")
    }
}

extension SymmetricKey {
    /// A key of 256 bits derived from this one, for this purpose (HKDF-Expand with SHA-256, RFC 5869).
    func expanded(for purpose: String, _ context: [UInt8] = []) -> SymmetricKey {
        HKDF<SHA256>.expand(pseudoRandomKey: self, info: Array(purpose.utf8) + [0] + context, outputByteCount: 32)
    }

    /// The bytes of the key.
    var bytes: [UInt8] { withUnsafeBytes { Array($0) } }
}

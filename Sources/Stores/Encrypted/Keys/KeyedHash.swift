import Crypto
import Idempotency

/// HMAC-SHA-256 under one key, of whose work the part that depends on the key alone is done once.
struct KeyedHash: Hashable, Sendable {
    let key: SymmetricKey
    private let begun: HMAC<SHA256>

    init(_ key: SymmetricKey) {
        self.key = key
        begun = HMAC<SHA256>(key: key)
    }

    /// The code of some bytes.
    func code(of bytes: [UInt8]) -> HMAC<SHA256>.MAC {
        var code = begun
        code.update(data: bytes)
        return code.finalize()
    }

    /// A key for one purpose: the first block of HKDF-Expand (RFC 5869, section 2.3), which is all that 32 bytes take.
    func expanded(for purpose: String, _ context: [UInt8] = []) -> SymmetricKey {
        SymmetricKey(data: code(of: purpose.utf8 + [0] + context + [1]))
    }

    static func == (one: KeyedHash, other: KeyedHash) -> Bool { one.key == other.key }

    func hash(into hasher: inout Hasher) { key.withUnsafeBytes { hasher.combine(bytes: $0) } }
}

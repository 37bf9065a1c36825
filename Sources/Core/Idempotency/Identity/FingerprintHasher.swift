public import Crypto

/// Makes a fingerprint of what was asked, piece by piece.
///
/// With a secret the result is an HMAC: a plain hash of something with few possible values (a card number, an amount)
/// can be guessed by anyone who reads the store.
public struct FingerprintHasher {
    /// The version that new fingerprints carry.
    public static let currentAlgorithm: UInt8 = 1

    private let algorithm: UInt8
    /// One of the two is there. Not an enum: taking the state out of one would leave two references to it, and every
    /// update would copy it.
    private var hash: SHA256?
    private var code: HMAC<SHA256>?

    /// Starts a fingerprint.
    ///
    /// - Parameters:
    ///   - algorithm: The version to write into the result; it also goes into the hash.
    ///   - secret: The key of the HMAC, or `nil` for a plain SHA-256.
    public init(algorithm: UInt8 = Self.currentAlgorithm, secret: SymmetricKey? = nil) {
        self.algorithm = algorithm
        if let secret { code = HMAC<SHA256>(key: secret) } else { hash = SHA256() }
        withUnsafeBytes(of: algorithm) { update(bytes: $0) }
    }

    /// Adds raw bytes, without a length in front.
    public mutating func update(bytes: UnsafeRawBufferPointer) {
        hash?.update(bufferPointer: bytes)
        code?.update(data: bytes)
    }

    /// Adds a field with its length in front, so that `"ab", "c"` and `"a", "bc"` differ.
    public mutating func update(field: some Collection<UInt8>) {
        var prefix: [UInt8] = []
        prefix.reserveCapacity(8)
        LengthPrefix.append(UInt64(field.count), to: &prefix)
        prefix.withUnsafeBytes { update(bytes: $0) }
        if field.withContiguousStorageIfAvailable({ update(bytes: UnsafeRawBufferPointer($0)) }) == nil {
            Array(field).withUnsafeBytes { update(bytes: $0) }
        }
    }

    /// Adds a text field with its length in bytes in front.
    public mutating func update(field: String) {
        update(field: field.utf8)
    }

    /// The fingerprint of all that was added.
    public func finalize() -> Fingerprint {
        if let code { return Fingerprint(algorithm: algorithm, digest: Digest(hash: code.finalize())) }
        return Fingerprint(algorithm: algorithm, digest: Digest(hash: (hash ?? SHA256()).finalize()))
    }
}

extension Fingerprint {
    /// The fingerprint of one run of bytes.
    public init(of bytes: some Collection<UInt8>, secret: SymmetricKey? = nil) {
        var hasher = FingerprintHasher(secret: secret)
        hasher.update(field: bytes)
        self = hasher.finalize()
    }

    /// The fingerprint of an operation that has no parameters but its key.
    public static let none = Fingerprint(algorithm: 0, digest: Digest(0, 0, 0, 0))
}

import Crypto

extension RecordID {
    /// Names the record of `key` in `scope`: SHA-256 over every part of the scope and the key, each length-prefixed.
    public init(scope: Scope, key: IdempotencyKey) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16 + key.string.utf8.count + scope.parts.reduce(0) { $0 + 8 + $1.utf8.count })
        LengthPrefix.append(UInt64(scope.parts.count), to: &bytes)
        for part in scope.parts { LengthPrefix.append(part.utf8, to: &bytes) }
        LengthPrefix.append(key.string.utf8, to: &bytes)
        self.init(Digest(hash: SHA256.hash(data: bytes)))
    }
}

extension Digest {
    /// The 32 bytes of a SHA-256 or HMAC-SHA-256 result.
    package init(hash: some Sequence<UInt8>) {
        guard let digest = Digest(bytes: hash) else {
            preconditionFailure("SHA-256 gives 32 bytes")
        }
        self = digest
    }
}

/// Puts the length in front of a field, so that two different lists of fields never give the same bytes.
enum LengthPrefix {
    static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    static func append(_ field: some Collection<UInt8>, to bytes: inout [UInt8]) {
        append(UInt64(field.count), to: &bytes)
        bytes.append(contentsOf: field)
    }
}

package import Crypto

extension RecordID {
    /// Names the record of `key` in `scope`: SHA-256 over every part of the scope and the key, each length-prefixed.
    public init(scope: Scope, key: IdempotencyKey) {
        var count = 16 + key.string.utf8.count
        for part in scope.parts { count += 8 + part.utf8.count }
        self = withUnsafeTemporaryAllocation(byteCount: count, alignment: 8) { buffer in
            var end = 0
            Self.put(UInt64(scope.parts.count), in: buffer, at: &end)
            for part in scope.parts { Self.put(part, in: buffer, at: &end) }
            Self.put(key.string, in: buffer, at: &end)
            var hash = SHA256()
            hash.update(bufferPointer: UnsafeRawBufferPointer(buffer))
            return RecordID(Digest(hash: hash.finalize()))
        }
    }

    private static func put(_ number: UInt64, in buffer: UnsafeMutableRawBufferPointer, at end: inout Int) {
        buffer.storeBytes(of: number.bigEndian, toByteOffset: end, as: UInt64.self)
        end += 8
    }

    private static func put(_ field: String, in buffer: UnsafeMutableRawBufferPointer, at end: inout Int) {
        var field = field
        field.withUTF8 { utf8 in
            put(UInt64(utf8.count), in: buffer, at: &end)
            UnsafeMutableRawBufferPointer(rebasing: buffer[end...]).copyMemory(from: UnsafeRawBufferPointer(utf8))
            end += utf8.count
        }
    }
}

extension Digest {
    /// The 32 bytes of a SHA-256 result.
    package init(hash: SHA256.Digest) {
        self = hash.withUnsafeBytes { Digest(words: $0) }
    }

    /// The 32 bytes of an HMAC-SHA-256 result.
    package init(hash: HMAC<SHA256>.MAC) {
        self = hash.withUnsafeBytes { Digest(words: $0) }
    }

    private init(words bytes: UnsafeRawBufferPointer) {
        func word(_ index: Int) -> UInt64 {
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
        precondition(bytes.count == 32, "SHA-256 gives 32 bytes")
        self.init(word(0), word(1), word(2), word(3))
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

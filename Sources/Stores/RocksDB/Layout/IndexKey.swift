import Idempotency

/// The keys of the indexes: a point in time and a record's id, in 40 bytes whose order is that of time, then id.
enum IndexKey {
    static let size = 40

    /// The key, as new bytes.
    static func encode(_ time: Timestamp, _ id: RecordID) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: size) { target, count in
            write(time, id, to: UnsafeMutableRawBufferPointer(target), at: 0)
            count = size
        }
    }

    /// Writes the key.
    static func write(_ time: Timestamp, _ id: RecordID, to target: UnsafeMutableRawBufferPointer, at offset: Int) {
        target.storeBytes(of: order(time).bigEndian, toByteOffset: offset, as: UInt64.self)
        id.write(to: target, at: offset + 8)
    }

    /// Reads a key back; `nil` when it has not 40 bytes.
    static func decode(_ key: UnsafeRawBufferPointer) -> (time: Timestamp, id: RecordID)? {
        guard key.count == size, let time = time(of: key) else { return nil }
        return (time, RecordID(key: UnsafeRawBufferPointer(rebasing: key[8...])))
    }

    /// The point in time alone; `nil` when the key has not 40 bytes.
    static func time(of key: UnsafeRawBufferPointer) -> Timestamp? {
        guard key.count == size else { return nil }
        return Timestamp(microseconds: Int64(bitPattern: key.bigEndianWord(0) ^ (1 << 63)))
    }

    /// Unsigned numbers in the order of the signed ones.
    private static func order(_ time: Timestamp) -> UInt64 { UInt64(bitPattern: time.microseconds) ^ (1 << 63) }
}

extension RecordID {
    /// How many bytes an id has as a key.
    static let keySize = 32

    /// The id of a key of 32 bytes, the most significant first.
    init(key: UnsafeRawBufferPointer) {
        self.init(
            Digest(key.bigEndianWord(0), key.bigEndianWord(8), key.bigEndianWord(16), key.bigEndianWord(24)))
    }

    /// The id as a key of 32 bytes.
    var key: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.keySize) { target, count in
            write(to: UnsafeMutableRawBufferPointer(target), at: 0)
            count = Self.keySize
        }
    }

    /// Writes the id as a key of 32 bytes.
    func write(to target: UnsafeMutableRawBufferPointer, at offset: Int) {
        let words = digest.words
        target.storeBytes(of: words.0.bigEndian, toByteOffset: offset, as: UInt64.self)
        target.storeBytes(of: words.1.bigEndian, toByteOffset: offset + 8, as: UInt64.self)
        target.storeBytes(of: words.2.bigEndian, toByteOffset: offset + 16, as: UInt64.self)
        target.storeBytes(of: words.3.bigEndian, toByteOffset: offset + 24, as: UInt64.self)
    }
}

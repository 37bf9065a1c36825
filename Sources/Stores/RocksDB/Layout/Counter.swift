/// Numbers that the store keeps about itself: the highest fence ever stamped, and how often it was opened.
enum Counter {
    /// The key of the highest fence. Kept apart from the records, so that fences grow whatever becomes of those.
    static let fence = Array("fence".utf8)
    /// The key of the number of openings.
    static let instance = Array("instance".utf8)

    /// The value of a number: eight bytes and their checksum, the least significant byte first.
    static func encode(_ number: UInt64, key: [UInt8]) -> [UInt8] {
        var bytes = number.bytes
        bytes += bytes.withUnsafeBytes { Checksum.of($0, seed: seed(key)) }.bytes
        return bytes
    }

    /// Reads a number back; `nil` when it is damaged.
    static func decode(_ value: UnsafeRawBufferPointer, key: [UInt8]) -> UInt64? {
        guard value.count == 16 else { return nil }
        let sum = Checksum.of(UnsafeRawBufferPointer(rebasing: value[..<8]), seed: seed(key))
        return value.word(8) == sum ? value.word(0) : nil
    }

    private static func seed(_ key: [UInt8]) -> UInt64 { UInt64(key.count) }
}

extension UInt64 {
    /// The eight bytes, the least significant first.
    fileprivate var bytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) } }
}

import Idempotency

/// Which of the 16,384 slots of a Redis Cluster a key lies in: CRC-16/XMODEM of the key, or of the part of it in
/// braces.
///
/// Source: redis.io/docs, Redis cluster specification, *Key distribution model* and *Hash tags*.
enum Slot {
    static let count = 16_384

    /// The slot of a key.
    static func of(_ key: some Collection<UInt8>) -> Int {
        Int(crc(tag(of: key))) % count
    }

    /// The part of a key that counts: what stands between the first brace and the next closing one, if that is
    /// anything.
    private static func tag<Key: Collection<UInt8>>(of key: Key) -> Key.SubSequence {
        guard let open = key.firstIndex(of: UInt8(ascii: "{")) else { return key[...] }
        let rest = key[key.index(after: open)...]
        guard let close = rest.firstIndex(of: UInt8(ascii: "}")), close != rest.startIndex else { return key[...] }
        return rest[..<close]
    }

    /// A tag that puts a key into this slot: the first number that does.
    static func tag(for slot: Int) -> String {
        // One of 16,384 numbers does, on average; all slots are reached by the numbers below this.
        for number in 0..<1_000_000 {
            let tag = "\(number)"
            if of(tag.utf8) == slot { return tag }
        }
        preconditionFailure("every slot is reached by a small number")
    }

    private static func crc(_ bytes: some Sequence<UInt8>) -> UInt16 {
        var crc: UInt16 = 0
        for byte in bytes { crc = crc << 8 ^ table[Int(UInt8(crc >> 8) ^ byte)] }
        return crc
    }

    private static let table: [UInt16] = (0..<256).map { index in
        (0..<8).reduce(UInt16(index) << 8) { crc, _ in crc & 0x8000 == 0 ? crc << 1 : crc << 1 ^ 0x1021 }
    }
}

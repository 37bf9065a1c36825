/// XXH64: tells damaged bytes from whole ones at memory speed. No protection against people who forge them.
///
/// Source: the xxHash specification, version 0.1.1, section "XXH64 algorithm description".
enum Checksum {
    private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    /// The checksum of `bytes`; another seed gives another one.
    static func of(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
        var offset = 0
        var sum: UInt64
        if bytes.count >= 32 {
            var lanes = (seed &+ prime1 &+ prime2, seed &+ prime2, seed, seed &- prime1)
            while offset + 32 <= bytes.count {
                lanes.0 = round(lanes.0, bytes.word(offset))
                lanes.1 = round(lanes.1, bytes.word(offset + 8))
                lanes.2 = round(lanes.2, bytes.word(offset + 16))
                lanes.3 = round(lanes.3, bytes.word(offset + 24))
                offset += 32
            }
            sum = rotate(lanes.0, 1) &+ rotate(lanes.1, 7) &+ rotate(lanes.2, 12) &+ rotate(lanes.3, 18)
            sum = merge(sum, lanes.0)
            sum = merge(sum, lanes.1)
            sum = merge(sum, lanes.2)
            sum = merge(sum, lanes.3)
        } else {
            sum = seed &+ prime5
        }
        sum &+= UInt64(bytes.count)
        return finish(sum, bytes, from: offset)
    }

    /// Mixes in what does not fill a stripe of 32 bytes.
    private static func finish(_ start: UInt64, _ bytes: UnsafeRawBufferPointer, from first: Int) -> UInt64 {
        var sum = start
        var offset = first
        while offset + 8 <= bytes.count {
            sum = rotate(sum ^ round(0, bytes.word(offset)), 27) &* prime1 &+ prime4
            offset += 8
        }
        if offset + 4 <= bytes.count {
            sum = rotate(sum ^ UInt64(bytes.halfWord(offset)) &* prime1, 23) &* prime2 &+ prime3
            offset += 4
        }
        while offset < bytes.count {
            sum = rotate(sum ^ UInt64(bytes[offset]) &* prime5, 11) &* prime1
            offset += 1
        }
        sum = (sum ^ sum >> 33) &* prime2
        sum = (sum ^ sum >> 29) &* prime3
        return sum ^ sum >> 32
    }

    private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
        rotate(lane &+ word &* prime2, 31) &* prime1
    }

    private static func merge(_ sum: UInt64, _ lane: UInt64) -> UInt64 {
        (sum ^ round(0, lane)) &* prime1 &+ prime4
    }

    private static func rotate(_ word: UInt64, _ bits: UInt64) -> UInt64 {
        word << bits | word >> (64 - bits)
    }
}

extension UnsafeRawBufferPointer {
    /// Eight bytes, the least significant first.
    func word(_ offset: Int) -> UInt64 {
        UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Four bytes, the least significant first.
    func halfWord(_ offset: Int) -> UInt32 {
        UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// Eight bytes, the most significant first.
    func bigEndianWord(_ offset: Int) -> UInt64 {
        UInt64(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}

/// CRC-32, the code that DynamoDB sends with its answers (`x-amz-crc32`).
enum CyclicCode {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { code, _ in code & 1 == 1 ? 0xEDB8_8320 ^ code >> 1 : code >> 1 }
    }

    /// The code of these bytes.
    static func code(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { code, byte in table[Int(UInt8(truncatingIfNeeded: code) ^ byte)] ^ code >> 8 }
    }
}

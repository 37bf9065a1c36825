/// Kinds of bytes that the grammar of HTTP knows.
enum ByteKind {
    /// Whether the byte may stand in a token (RFC 9110 section 5.6.2). The two masks have a bit for each ASCII byte.
    static func isToken(_ byte: UInt8) -> Bool {
        let mask: UInt64 = byte < 64 ? 0x3FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
        return byte < 128 && mask >> UInt64(byte & 63) & 1 == 1
    }
}

import NIOHTTP1

/// The line before a chunk (RFC 9112 section 7.1): its size, and extensions, which are looked at and thrown away.
enum ChunkLine {
    /// The size that the line tells.
    static func size(in line: UnsafeRawBufferPointer) throws(HTTPParserError) -> Int {
        var size = 0
        var digits = 0
        while digits < line.count, let digit = value(ofDigit: line[digits]) {
            size = size << 4 | digit
            digits += 1
            guard digits <= mostDigits else { throw .invalidChunkSize }
        }
        guard digits > 0, areExtensions(line[digits...]) else { throw .invalidChunkSize }
        return size
    }

    private static func value(ofDigit byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x46: Int(byte) - 0x41 + 10
        case 0x61...0x66: Int(byte) - 0x61 + 10
        default: nil
        }
    }

    /// Whether the rest of the line is nothing, or `;name`, `;name=token`, `;name="text"` as often as it likes. White
    /// space around these parts is "bad" in the words of the RFC, and is not taken.
    private static func areExtensions(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard let first = bytes.first else { return true }
        guard first == UInt8(ascii: ";") else { return false }
        var isQuoted = false
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ";"), UInt8(ascii: "="): continue
            // No backslash: what it escapes is where parsers differ.
            case 0x09, 0x20..<0x7F:
                guard isQuoted ? byte != UInt8(ascii: "\\") : ByteKind.isToken(byte) else { return false }
            default: return false
            }
        }
        return !isQuoted
    }

    /// 15 hexadecimal digits: less than 2⁶⁰, and room for leading zeros.
    private static var mostDigits: Int { 15 }
}

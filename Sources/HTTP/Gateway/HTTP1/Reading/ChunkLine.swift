import IdempotencyHTTP
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

    private enum Part {
        case nothing, name, equals, value, quoted, quotedEnd
    }

    /// Whether the rest of the line is nothing, or `;name`, `;name=token`, `;name="text"` as often as it likes. White
    /// space around these parts is "bad" in the words of the RFC, and is not taken; nor is a backslash in a quoted
    /// text, as what it escapes is where parsers differ.
    private static func areExtensions(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard let first = bytes.first else { return true }
        guard first == UInt8(ascii: ";") else { return false }
        var part = Part.nothing
        for byte in bytes.dropFirst() {
            switch (part, byte) {
            case (.name, UInt8(ascii: ";")), (.value, UInt8(ascii: ";")), (.quotedEnd, UInt8(ascii: ";")):
                part = .nothing
            case (.name, UInt8(ascii: "=")): part = .equals
            case (.equals, UInt8(ascii: "\"")): part = .quoted
            case (.quoted, UInt8(ascii: "\"")): part = .quotedEnd
            case (.quoted, UInt8(ascii: "\\")): return false
            case (.quoted, 0x09), (.quoted, 0x20..<0x7F): continue
            case (.nothing, _) where FieldName.isTokenByte(byte): part = .name
            case (.equals, _) where FieldName.isTokenByte(byte): part = .value
            case (.name, _) where FieldName.isTokenByte(byte), (.value, _) where FieldName.isTokenByte(byte): continue
            default: return false
            }
        }
        return part == .name || part == .value || part == .quotedEnd
    }

    /// 15 hexadecimal digits: less than 2⁶⁰, and room for leading zeros.
    private static var mostDigits: Int { 15 }
}

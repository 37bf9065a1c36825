import NIOHTTP1

/// One line of a header or of trailers (RFC 9110 section 5.5): never folded, no white space before the colon, no
/// control characters, and UTF-8.
struct FieldLine {
    let name: String
    /// Without white space around it.
    let value: String

    /// Reads the line without its CRLF.
    ///
    /// - Parameter repairing: Whether a value that is not UTF-8 is repaired instead of refused.
    init(_ line: UnsafeRawBufferPointer, repairing: Bool = false) throws(HTTPParserError) {
        var colon = 0
        while colon < line.count, ByteKind.isToken(line[colon]) { colon += 1 }
        guard colon > 0, colon < line.count, line[colon] == UInt8(ascii: ":") else { throw .invalidHeaderToken }
        var start = colon + 1
        var end = line.count
        while start < end, Self.isBlank(line[start]) { start += 1 }
        while end > start, Self.isBlank(line[end - 1]) { end -= 1 }
        let bytes = UnsafeRawBufferPointer(rebasing: line[start..<end])
        var isASCII = true
        for byte in bytes {
            if byte < 0x20 && byte != 0x09 || byte == 0x7F { throw .invalidHeaderToken }
            if byte >= 0x80 { isASCII = false }
        }
        name = String(decoding: UnsafeRawBufferPointer(rebasing: line[..<colon]), as: UTF8.self)
        if isASCII || repairing {
            value = String(decoding: bytes, as: UTF8.self)
        } else {
            guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidCharactersUsed }
            value = text
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

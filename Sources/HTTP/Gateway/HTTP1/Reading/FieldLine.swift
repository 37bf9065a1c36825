import IdempotencyHTTP
import NIOHTTP1

/// One line of a header or of trailers (RFC 9110 section 5.5): never folded, no white space before the colon, no
/// control characters.
///
/// It points into the bytes that it was read from, and must not outlive them.
struct FieldLine {
    let name: UnsafeRawBufferPointer
    /// Without white space around it.
    let value: UnsafeRawBufferPointer
    /// Whether the value has ASCII characters only.
    let isASCII: Bool

    /// Reads the line without its CRLF.
    init(_ line: UnsafeRawBufferPointer) throws(HTTPParserError) {
        var colon = 0
        while colon < line.count, FieldName.isTokenByte(line[colon]) { colon += 1 }
        guard colon > 0, colon < line.count, line[colon] == UInt8(ascii: ":") else { throw .invalidHeaderToken }
        var start = colon + 1
        var end = line.count
        while start < end, Self.isBlank(line[start]) { start += 1 }
        while end > start, Self.isBlank(line[end - 1]) { end -= 1 }
        name = UnsafeRawBufferPointer(rebasing: line[..<colon])
        value = UnsafeRawBufferPointer(rebasing: line[start..<end])
        var isASCII = true
        for byte in value {
            if byte < 0x20 && byte != 0x09 || byte == 0x7F { throw .invalidHeaderToken }
            if byte >= 0x80 { isASCII = false }
        }
        self.isASCII = isASCII
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

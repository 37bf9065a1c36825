import IdempotencyHTTP
import NIOHTTP1

/// Where the body of a request ends, as its header says (RFC 9112 section 6); whatever could be meant in two ways is
/// refused.
struct RequestFraming {
    private var fields = FramingFields()
    /// Whether another request may follow, as far as the header tells.
    private(set) var keepsAlive = true
    /// Whether another protocol is asked for.
    private(set) var asksForUpgrade = false

    /// Looks at a field of the header.
    mutating func see(_ field: FieldLine) throws(HTTPParserError) {
        if try fields.see(field) { return }
        switch field.name.count {
        case 10 where FieldName.areEqual(field.name, "connection"):
            let tokens = field.value.split(separator: UInt8(ascii: ","))
            let closes = tokens.contains { token in
                FieldName.areEqual(String(decoding: token.filter { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self), "close")
            }
            if closes { keepsAlive = false }
        // What follows is in another protocol or, when that is not granted, nothing: then the connection ends.
        case 7 where FieldName.areEqual(field.name, "upgrade"):
            keepsAlive = false
            asksForUpgrade = true
        default: break
        }
    }

    /// How the body is read, now that the whole header was seen.
    func reader(in version: HTTPVersion) throws(HTTPParserError) -> BodyReader {
        try fields.check(in: version)
        return fields.isChunked ? .chunked : BodyReader(length: fields.length ?? 0)
    }
}

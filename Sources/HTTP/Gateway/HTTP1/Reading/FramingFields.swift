import IdempotencyHTTP
import NIOHTTP1

/// The two fields of a header that say where a body ends (RFC 9112 section 6); whatever could be meant in two ways is
/// refused.
struct FramingFields {
    /// The length that is told.
    private(set) var length: Int?
    /// Whether the body comes in chunks.
    private(set) var isChunked = false

    /// Looks at a field of the header; tells whether it was one of the two.
    mutating func see(_ field: FieldLine) throws(HTTPParserError) -> Bool {
        switch field.name.count {
        case 14 where FieldName.areEqual(field.name, "content-length"):
            guard length == nil else { throw .unexpectedContentLength }
            guard let number = ContentLength.number(field.value) else { throw .invalidContentLength }
            length = number
        case 17 where FieldName.areEqual(field.name, "transfer-encoding"):
            guard !isChunked, FieldName.areEqual(field.value, "chunked") else { throw .strictModeAssertion }
            isChunked = true
        default: return false
        }
        return true
    }

    /// Refuses what does not go together, now that the whole header was seen.
    func check(in version: HTTPVersion) throws(HTTPParserError) {
        guard isChunked else { return }
        guard length == nil else { throw .unexpectedContentLength }
        guard version == .http1_1 else { throw .strictModeAssertion }
    }
}

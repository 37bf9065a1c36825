import IdempotencyHTTP
import NIOHTTP1

/// Where the body of an answer ends, as its header says (RFC 9112 section 6.3); whatever could be meant in two ways is
/// refused.
struct AnswerFraming {
    private var length: Int?
    private var isChunked = false

    /// Looks at a field of the header.
    mutating func see(_ field: FieldLine) throws(HTTPParserError) {
        switch field.name.utf8.count {
        case 14 where FieldName.areEqual(field.name, "content-length"):
            guard length == nil else { throw .unexpectedContentLength }
            guard let number = ContentLength.number(field.value) else { throw .invalidContentLength }
            length = number
        case 17 where FieldName.areEqual(field.name, "transfer-encoding"):
            guard !isChunked, FieldName.areEqual(field.value, "chunked") else { throw .strictModeAssertion }
            isChunked = true
        default: break
        }
    }

    /// How the body is read, now that the whole header was seen.
    ///
    /// - Parameters:
    ///   - start: The first line.
    ///   - method: What was asked with.
    func reader(after start: AnswerStart, to method: HTTPMethod) throws(HTTPParserError) -> BodyReader {
        if isChunked {
            guard length == nil else { throw .unexpectedContentLength }
            guard start.version == .http1_1 else { throw .strictModeAssertion }
        }
        // Whatever the header says, these have no body.
        if method == .HEAD || start.status == .noContent || start.status == .notModified {
            return BodyReader(length: 0)
        }
        if isChunked { return .chunked }
        return length.map(BodyReader.init(length:)) ?? .untilEnd
    }
}

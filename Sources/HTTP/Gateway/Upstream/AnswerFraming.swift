import NIOHTTP1

/// Where the body of an answer ends, as its header says (RFC 9112 section 6.3).
struct AnswerFraming {
    private var fields = FramingFields()

    /// Looks at a field of the header.
    mutating func see(_ field: FieldLine) throws(HTTPParserError) {
        _ = try fields.see(field)
    }

    /// How the body is read, now that the whole header was seen.
    ///
    /// - Parameters:
    ///   - start: The first line.
    ///   - method: What was asked with.
    func reader(after start: AnswerStart, to method: String) throws(HTTPParserError) -> BodyReader {
        try fields.check(in: start.version)
        // Whatever the header says, these have no body.
        if method == "HEAD" || start.status == .noContent || start.status == .notModified {
            return BodyReader(length: 0)
        }
        if fields.isChunked { return .chunked }
        return fields.length.map(BodyReader.init(length:)) ?? .untilEnd
    }
}

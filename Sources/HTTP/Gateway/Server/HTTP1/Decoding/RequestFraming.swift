import IdempotencyHTTP
import NIOHTTP1

/// Where the body of a request ends, as its header says (RFC 9112 section 6); whatever could be meant in two ways is
/// refused.
struct RequestFraming {
    /// The end of a body.
    enum Body {
        case length(Int)
        case chunked

        /// What reads it.
        var reader: BodyReader {
            switch self {
            case .length(let count): BodyReader(length: count)
            case .chunked: .chunked
            }
        }
    }

    private var length: Int?
    private var isChunked = false
    /// Whether another request may follow, as far as the header tells.
    private(set) var keepsAlive = true
    /// Whether another protocol is asked for.
    private(set) var asksForUpgrade = false

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
        case 10 where FieldName.areEqual(field.name, "connection"):
            let tokens = field.value.split(separator: ",")
            let closes = tokens.contains { FieldName.areEqual($0.filter { $0 != " " && $0 != "\t" }, "close") }
            if closes { keepsAlive = false }
        // What follows is in another protocol or, when that is not granted, nothing: then the connection ends.
        case 7 where FieldName.areEqual(field.name, "upgrade"):
            keepsAlive = false
            asksForUpgrade = true
        default: break
        }
    }

    /// Where the body ends, now that the whole header was seen.
    func body(in version: HTTPVersion) throws(HTTPParserError) -> Body {
        guard isChunked else { return .length(length ?? 0) }
        guard length == nil else { throw .unexpectedContentLength }
        guard version == .http1_1 else { throw .strictModeAssertion }
        return .chunked
    }
}

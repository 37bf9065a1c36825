public import Idempotency

/// Why a request's idempotency key was refused; always a 400.
public enum KeyError: Error, Hashable, Sendable {
    /// The header, or the query item, is there more than once.
    case repeated(count: Int)
    /// The value is a list: an outer comma at this offset. Two header lines look like this once they were combined.
    case list(offset: Int)
    /// The key itself is empty, too long or has a byte that is not printable ASCII.
    case invalid(InvalidKey)
    /// A backslash at this offset escapes something else than a quote or a backslash (RFC 8941 section 3.3.3).
    case badEscape(offset: Int)
    /// The closing quote is missing.
    case unterminated
    /// A key that does not begin with a quote has one at this offset.
    case strayQuote(offset: Int)
    /// Something that is no parameter follows the closing quote at this offset.
    case trailing(offset: Int)
    /// A parameter does not parse at this offset (RFC 8941 section 3.1.2).
    case badParameter(offset: Int)
    /// The key is to be in the body, and the body is no JSON text that can be read in one way only.
    case bodyNotJSON
    /// The key is to be in the body, and the member is something else than a string.
    case notAString
    /// A percent sign in the query item is not followed by two hexadecimal digits.
    case badPercentEncoding
}

extension KeyError: CustomStringConvertible {
    /// What was wrong and what is allowed; never the key.
    public var description: String {
        switch self {
        case .repeated(let count): "The idempotency key was sent \(count) times; send it once."
        case .list(let offset):
            "The value is a list (a comma at offset \(offset)); send one key, and quote a key that has a comma."
        case .invalid(let reason): reason.description
        case .badEscape(let offset):
            "The backslash at offset \(offset) escapes neither a quote nor a backslash (RFC 8941 section 3.3.3)."
        case .unterminated: "The quoted key has no closing quote."
        case .strayQuote(let offset):
            "There is a quote at offset \(offset) of a key that does not begin with one; quote the whole key."
        case .trailing(let offset): "Something follows the closing quote at offset \(offset); only parameters may."
        case .badParameter(let offset):
            "The parameter at offset \(offset) does not parse (RFC 8941 section 3.1.2)."
        case .bodyNotJSON: "The key is read from the body, and the body is not JSON or has a member twice."
        case .notAString: "The key is read from the body, and the member that should hold it is not a string."
        case .badPercentEncoding:
            "A percent sign in the query item of the key is not followed by two hexadecimal digits."
        }
    }
}

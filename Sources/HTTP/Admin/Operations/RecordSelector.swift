public import Idempotency

/// What an operator calls a record by.
public enum RecordSelector: Hashable, Sendable, CustomStringConvertible {
    /// Its whole id.
    case id(RecordID)
    /// The first digits of its id, at least eight; the records are gone through, oldest first.
    case prefix(String)
    /// Its key as the caller sent it, and the parts of its scope or, as one part, the name that listings show.
    case key(String, scope: [String])

    /// Reads 8 to 64 hexadecimal digits; `nil` for anything else.
    public init?(digits: String) {
        guard (8...64).contains(digits.utf8.count), digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
            return nil
        }
        self = Digest(hexadecimal: digits).map { .id(RecordID($0)) } ?? .prefix(digits)
    }

    /// What was asked for; a key is not repeated.
    public var description: String {
        switch self {
        case .id(let id): "the id \(id)"
        case .prefix(let digits): "an id that begins with \(digits)"
        case .key(_, let scope): scope.isEmpty ? "that key" : "that key in that scope"
        }
    }
}

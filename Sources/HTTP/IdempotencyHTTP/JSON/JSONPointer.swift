/// A path to a value in a JSON document (RFC 6901): `/payment/amount`, `/items/0`.
public struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
    /// The pointer as written.
    public let string: String
    /// The reference tokens, unescaped.
    public let tokens: [String]

    /// Reads a pointer.
    ///
    /// - Throws: `InvalidJSONPointer` when it neither is empty nor begins with a slash, or a tilde is not followed by
    ///   0 or 1.
    public init(_ string: String) throws(InvalidJSONPointer) {
        self.string = string
        guard !string.isEmpty else {
            tokens = []
            return
        }
        guard string.utf8.first == 0x2F else { throw InvalidJSONPointer(string: string) }
        var tokens: [String] = []
        for part in string.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let token = Self.unescape(part) else { throw InvalidJSONPointer(string: string) }
            tokens.append(token)
        }
        self.tokens = tokens
    }

    /// The pointer as written.
    public var description: String { string }

    private static func unescape(_ part: Substring) -> String? {
        guard part.utf8.contains(0x7E) else { return String(part) }
        var bytes: [UInt8] = []
        var iterator = part.utf8.makeIterator()
        while let byte = iterator.next() {
            guard byte == 0x7E else {
                bytes.append(byte)
                continue
            }
            switch iterator.next() {
            case 0x30: bytes.append(0x7E)
            case 0x31: bytes.append(0x2F)
            default: return nil
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A text that is no JSON pointer.
public struct InvalidJSONPointer: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text, from the configuration.
    public let string: String

    /// What a pointer looks like.
    public var description: String {
        "\"\(string)\" is no JSON pointer; write it like /payment/amount, with ~1 for a slash and ~0 for a tilde."
    }
}

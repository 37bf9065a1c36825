/// The header lines of a message, in order; look-up does not regard the case of names.
///
/// A neutral type: middlewares and channel handlers turn their own header types into it and back.
public struct Headers: Hashable, Sendable {
    /// The lines in order.
    public var fields: [HeaderField]

    /// The header lines `fields`.
    public init(_ fields: [HeaderField] = []) {
        self.fields = fields
    }

    /// The value of the first line of that name.
    public subscript(name: String) -> String? {
        for index in fields.indices where fields[index].isNamed(name) { return fields[index].value }
        return nil
    }

    /// The values of all lines of that name, in order.
    public func values(of name: String) -> [String] {
        var values: [String] = []
        for index in fields.indices where fields[index].isNamed(name) { values.append(fields[index].value) }
        return values
    }

    /// Whether there is a line of that name.
    public func contains(_ name: String) -> Bool {
        for index in fields.indices where fields[index].isNamed(name) { return true }
        return false
    }

    /// The members of a comma-separated list (RFC 9110 section 5.6.1) over all lines of that name, without the white
    /// space around them and without empty ones. Quoted commas are not regarded; for lists of tokens only.
    public func tokens(of name: String) -> [Substring] {
        var tokens: [Substring] = []
        for index in fields.indices where fields[index].isNamed(name) {
            for part in Substring(fields[index].value).split(on: 0x2C) {
                let token = part.trimmingOptionalWhitespace()
                if !token.isEmpty { tokens.append(token) }
            }
        }
        return tokens
    }

    /// Adds a line at the end.
    public mutating func append(_ name: String, _ value: String) {
        fields.append(HeaderField(name, value))
    }

    /// Puts one line of that name in the place of all that there are.
    public mutating func set(_ name: String, _ value: String) {
        remove(name)
        append(name, value)
    }

    /// Removes all lines of that name.
    public mutating func remove(_ name: String) {
        fields.removeAll { $0.isNamed(name) }
    }
}

extension Headers: RandomAccessCollection {
    /// The index of the first line.
    public var startIndex: Int { fields.startIndex }
    /// The index after the last line.
    public var endIndex: Int { fields.endIndex }
    /// The line at `position`.
    public subscript(position: Int) -> HeaderField { fields[position] }
}

extension Headers: ExpressibleByDictionaryLiteral {
    /// Header lines in the order written; a name may come twice.
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { HeaderField($0.0, $0.1) }
    }
}

extension Substring {
    /// The non-empty parts between the bytes `separator`. By bytes, since a combining character behind a separator must
    /// not hide it.
    func split(on separator: UInt8) -> [Substring] {
        utf8.split(separator: separator).map { Substring($0) }
    }

    /// What lies before and behind the first byte `separator`; `nil` behind when there is none.
    func cut(at separator: UInt8) -> (before: Substring, behind: Substring?) {
        guard let index = utf8.firstIndex(of: separator) else { return (self, nil) }
        return (self[..<index], self[utf8.index(after: index)...])
    }

    /// Without spaces and tabs at both ends (OWS, RFC 9110 section 5.6.3).
    func trimmingOptionalWhitespace() -> Substring {
        var utf8 = self.utf8
        while let first = utf8.first, first == 0x20 || first == 0x09 { utf8.removeFirst() }
        while let last = utf8.last, last == 0x20 || last == 0x09 { utf8.removeLast() }
        return Substring(utf8)
    }
}

/// The header lines of a message, in order; look-up does not regard the case of names.
///
/// A neutral type: middlewares and channel handlers turn their own header types into it and back. The lines are kept
/// as the bytes of a message, so that reading, filtering and writing a header makes no string of any line.
public struct Headers: Sendable {
    /// The lines as an HTTP/1 message has them, one behind the other; among them may be some that were removed.
    private(set) var bytes: [UInt8] = []
    private(set) var lines: [HeaderLine] = []

    /// No header lines.
    public init() {}

    /// The header lines `fields`.
    public init(_ fields: [HeaderField]) {
        reserve(lines: fields.count, bytes: fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 })
        for field in fields { append(field.name, field.value) }
    }

    /// The value of the first line of that name.
    public subscript(name: String) -> String? {
        firstIndex(of: name).map { value(at: $0) }
    }

    /// The values of all lines of that name, in order.
    public func values(of name: String) -> [String] {
        var values: [String] = []
        var next = firstIndex(of: name)
        while let index = next {
            values.append(value(at: index))
            next = firstIndex(of: name, from: index + 1)
        }
        return values
    }

    /// Whether there is a line of that name.
    public func contains(_ name: String) -> Bool {
        firstIndex(of: name) != nil
    }

    /// The members of a comma-separated list (RFC 9110 section 5.6.1) over all lines of that name, without the white
    /// space around them and without empty ones. Quoted commas are not regarded; for lists of tokens only.
    public func tokens(of name: String) -> [Substring] {
        var tokens: [Substring] = []
        var next = firstIndex(of: name)
        while let index = next {
            for part in Substring(value(at: index)).split(on: 0x2C) {
                let token = part.trimmingOptionalWhitespace()
                if !token.isEmpty { tokens.append(token) }
            }
            next = firstIndex(of: name, from: index + 1)
        }
        return tokens
    }

    /// Adds a line at the end.
    public mutating func append(_ name: String, _ value: String) {
        var (name, value) = (name, value)
        name.withUTF8 { name in
            value.withUTF8 { append(name: UnsafeRawBufferPointer(name), value: UnsafeRawBufferPointer($0)) }
        }
    }

    /// Puts one line of that name in the place of all that there are.
    public mutating func set(_ name: String, _ value: String) {
        remove(name)
        append(name, value)
    }

    /// Removes all lines of that name.
    public mutating func remove(_ name: String) {
        while let index = firstIndex(of: name) { lines.remove(at: index) }
    }

    /// Makes room, so that what is added need not move.
    package mutating func reserve(lines count: Int, bytes size: Int) {
        lines.reserveCapacity(count)
        bytes.reserveCapacity(size)
    }

    /// Adds a line at the end.
    ///
    /// - Parameters:
    ///   - name: The name, in UTF-8.
    ///   - value: The value without white space around it, in UTF-8.
    package mutating func append(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        lines.append(HeaderLine(at: bytes.count, name: name, valueCount: value.count))
        let size = name.count + value.count + 4
        // In one piece: every addition to an array looks whether it is shared and large enough.
        withUnsafeTemporaryAllocation(byteCount: size, alignment: 1) { line in
            line.copyMemory(from: name)
            line[name.count] = 0x3A
            line[name.count + 1] = 0x20
            UnsafeMutableRawBufferPointer(rebasing: line[(name.count + 2)...]).copyMemory(from: value)
            line[size - 2] = 0x0D
            line[size - 1] = 0x0A
            bytes.append(contentsOf: UnsafeRawBufferPointer(line))
        }
    }

    /// Adds a line of another message at the end, `source` being the bytes of that.
    mutating func append(_ line: HeaderLine, of source: UnsafeRawBufferPointer) {
        lines.append(line.moved(to: bytes.count))
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[line.whole]))
    }
}

extension Headers: RandomAccessCollection {
    /// The index of the first line.
    public var startIndex: Int { 0 }
    /// The index after the last line.
    public var endIndex: Int { lines.count }
    /// The line at `position`.
    public subscript(position: Int) -> HeaderField {
        HeaderField(String(decoding: bytes[lines[position].name], as: UTF8.self), value(at: position))
    }
}

extension Headers: Hashable {
    /// Whether both have the same lines in the same order; the case of names counts here.
    public static func == (a: Headers, b: Headers) -> Bool {
        guard a.count == b.count else { return false }
        return zip(a.lines, b.lines).allSatisfy { x, y in
            x.nameCount == y.nameCount && a.bytes[x.whole].elementsEqual(b.bytes[y.whole])
        }
    }

    /// Hashes the lines in order.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        for line in lines { hasher.combine(bytes[line.whole]) }
    }
}

extension Headers: ExpressibleByDictionaryLiteral {
    /// Header lines in the order written; a name may come twice.
    public init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { append(name, value) }
    }
}

extension Headers: CustomStringConvertible {
    /// The lines as they were sent.
    public var description: String { "\(map { "\($0.name): \($0.value)" })" }
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

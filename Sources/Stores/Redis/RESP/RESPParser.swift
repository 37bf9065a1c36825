package import NIOCore

/// Takes bytes as they come and gives the replies that are complete; a value, without I/O.
///
/// It never looks at a byte twice: an unfinished array is kept with the members that it has. Lengths are checked
/// against the limits before anything is kept for them. Attributes are read and dropped. After an error it must not be
/// used any more.
package struct RESPParser: Sendable {
    private let limits: RESPLimits
    private var buffer = ByteBuffer()
    /// How much of the buffer was searched for the end of a line.
    private var searched = 0
    /// The string whose length was read and whose bytes have not come yet.
    private var awaited: AwaitedString?
    private var open: [OpenAggregate] = []

    /// A parser with these limits.
    package init(limits: RESPLimits = RESPLimits()) {
        self.limits = limits
    }

    /// Takes bytes.
    package mutating func append(_ bytes: ByteBuffer) {
        var bytes = bytes
        if buffer.readableBytes == 0 {
            buffer = bytes
        } else {
            if buffer.readerIndex > 0 { buffer = ByteBuffer(buffer: buffer) }
            buffer.writeBuffer(&bytes)
        }
    }

    /// The next complete reply, or `nil` until more bytes have come.
    package mutating func next() throws(RESPError) -> RESPValue? {
        while true {
            var value: RESPValue?
            if let awaited {
                guard let bytes = try readString(awaited) else { return nil }
                self.awaited = nil
                value = bytes
            } else {
                guard let line = try readLine() else { return nil }
                value = try begin(line)
            }
            while let complete = value {
                guard !open.isEmpty else { return complete }
                open[open.count - 1].members.append(complete)
                value = finished()
            }
        }
    }

    /// The innermost aggregate as a value, if it has all its members; an attribute is dropped.
    private mutating func finished() -> RESPValue? {
        guard let last = open.last, last.members.count == last.count else { return nil }
        open.removeLast()
        return last.value
    }

    private mutating func readLine() throws(RESPError) -> ByteBuffer? {
        let view = buffer.readableBytesView.dropFirst(searched)
        guard let end = view.firstIndex(of: 0x0A) else {
            searched = buffer.readableBytes
            guard searched <= limits.line else { throw .tooLarge("a line", searched, limit: limits.line) }
            return nil
        }
        searched = 0
        let length = end - buffer.readerIndex
        guard length <= limits.line + 1 else { throw .tooLarge("a line", length - 1, limit: limits.line) }
        guard length >= 2, let line = buffer.readSlice(length: length - 1),
            buffer.readInteger(as: UInt16.self) == 0x0D0A
        else { throw RESPError("A line of a reply does not end in CR LF, or is empty.") }
        return line
    }

    private mutating func readString(_ awaited: AwaitedString) throws(RESPError) -> RESPValue? {
        guard buffer.readableBytes >= awaited.count + 2 else { return nil }
        guard var bytes = buffer.readSlice(length: awaited.count), buffer.readInteger(as: UInt16.self) == 0x0D0A else {
            throw RESPError("A string is longer than its reply says.")
        }
        switch awaited.kind {
        case .bytes: return .bytes(bytes)
        case .error: return .error(String(buffer: bytes))
        case .verbatim:
            guard let format = bytes.readSlice(length: 4), format.readableBytesView.last == UInt8(ascii: ":") else {
                throw RESPError("A verbatim string does not begin with its format and a colon.")
            }
            return .bytes(bytes)
        }
    }

    /// What a line is: a value, or the beginning of one.
    private mutating func begin(_ line: ByteBuffer) throws(RESPError) -> RESPValue? {
        var line = line
        guard let type = line.readInteger(as: UInt8.self) else { throw RESPError("A line of a reply is empty.") }
        switch type {
        case UInt8(ascii: "+"): return .simple(String(buffer: line))
        case UInt8(ascii: "-"): return .error(String(buffer: line))
        case UInt8(ascii: ":"): return .integer(try Self.number(line, of: "an integer"))
        case UInt8(ascii: "_"): return .null
        case UInt8(ascii: "#"): return .boolean(try Self.boolean(line))
        case UInt8(ascii: ","): return .double(try Self.double(line))
        case UInt8(ascii: "("): return .bigNumber(try Self.digits(line))
        case UInt8(ascii: "$"): return try beginString(.bytes, line, hasNull: true)
        case UInt8(ascii: "!"): return try beginString(.error, line)
        case UInt8(ascii: "="): return try beginString(.verbatim, line)
        case UInt8(ascii: "*"): return try beginAggregate(.array, line, hasNull: true)
        case UInt8(ascii: "~"): return try beginAggregate(.set, line)
        case UInt8(ascii: ">"): return try beginAggregate(.push, line)
        case UInt8(ascii: "%"): return try beginAggregate(.map, line)
        case UInt8(ascii: "|"): return try beginAggregate(.attribute, line)
        default: throw .unknownType(type)
        }
    }

    private mutating func beginString(
        _ kind: AwaitedString.Kind, _ line: ByteBuffer, hasNull: Bool = false
    ) throws(RESPError) -> RESPValue? {
        let count = try Self.number(line, of: "a string's bytes")
        if hasNull, count == -1 { return .null }
        guard count >= 0 else { throw .badNumber("a string's bytes") }
        guard count <= limits.string else { throw .tooLarge("a string", Int(count), limit: limits.string) }
        awaited = AwaitedString(kind: kind, count: Int(count))
        return nil
    }

    private mutating func beginAggregate(
        _ kind: OpenAggregate.Kind, _ line: ByteBuffer, hasNull: Bool = false
    ) throws(RESPError) -> RESPValue? {
        let count = try Self.number(line, of: "members")
        if hasNull, count == -1 { return .null }
        guard count >= 0 else { throw .badNumber("members") }
        let each = kind == .map || kind == .attribute ? 2 : 1
        guard count <= limits.members / each else {
            throw .tooLarge("an array", Int(count), limit: limits.members / each)
        }
        guard open.count < limits.depth else { throw .tooLarge("a depth", open.count + 1, limit: limits.depth) }
        open.append(OpenAggregate(kind: kind, count: Int(count) * each))
        return finished()
    }
}

import IdempotencyHTTP
import NIOHTTP1

/// The field lines of a message: those of its header, and later those of its trailers.
struct FieldSection {
    /// How much there may be of them, trailers included.
    struct Limits {
        /// One line, in bytes.
        let lineBytes: Int
        /// All lines, in bytes.
        let bytes: Int
        /// The number of lines.
        let count: Int
        /// What becomes of values that are not UTF-8: refused, as two different ones could become equal, or repaired.
        let repairsValues: Bool
    }

    let limits: Limits
    private var fields = Headers()
    private var bytes = 0
    private var count = 0

    init(_ limits: Limits) {
        self.limits = limits
    }

    /// Takes one line in, without its CRLF.
    mutating func take(_ line: UnsafeRawBufferPointer) throws(HTTPParserError) -> FieldLine {
        count += 1
        bytes += line.count
        guard count <= limits.count, bytes <= limits.bytes else { throw .headerOverflow }
        let field = try FieldLine(line)
        if fields.isEmpty { fields.reserve(lines: Self.usualCount, bytes: Self.usualBytes) }
        if field.isASCII {
            fields.append(name: field.name, value: field.value)
        } else {
            fields.append(String(decoding: field.name, as: UTF8.self), try text(of: field.value))
        }
        return field
    }

    private func text(of value: UnsafeRawBufferPointer) throws(HTTPParserError) -> String {
        if limits.repairsValues { return String(decoding: value, as: UTF8.self) }
        guard let text = String(validating: value, as: UTF8.self) else { throw .invalidCharactersUsed }
        return text
    }

    /// Hands the lines out; those of the trailers come next.
    mutating func handOut() -> Headers {
        var lines = Headers()
        swap(&lines, &fields)
        return lines
    }

    /// The lines behind a body, or `nil` when there is none. The next message begins.
    mutating func endMessage() -> Headers? {
        bytes = 0
        count = 0
        return fields.isEmpty ? nil : handOut()
    }

    /// How many lines a header has at most in most messages, and how many bytes.
    private static var usualCount: Int { 16 }
    private static var usualBytes: Int { 512 }
}

import NIOCore
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
    private var fields: [(String, String)] = []
    private var bytes = 0
    private var count = 0

    init(_ limits: Limits) {
        self.limits = limits
    }

    /// Takes one line in.
    mutating func take(_ line: ByteBufferView) throws(HTTPParserError) -> FieldLine {
        count += 1
        bytes += line.count
        guard count <= limits.count, bytes <= limits.bytes else { throw .headerOverflow }
        let repairs = limits.repairsValues
        let field = try line.read { (bytes) throws(HTTPParserError) in try FieldLine(bytes, repairing: repairs) }
        if fields.isEmpty { fields.reserveCapacity(Self.usual) }
        fields.append((field.name, field.value))
        return field
    }

    /// Hands the lines out; those of the trailers come next.
    mutating func handOut() -> HTTPHeaders {
        let lines = fields
        fields = []
        return HTTPHeaders(lines)
    }

    /// The lines behind a body, or `nil` when there is none. The next message begins.
    mutating func endMessage() -> HTTPHeaders? {
        bytes = 0
        count = 0
        return fields.isEmpty ? nil : handOut()
    }

    /// How many lines a header has at most in most messages.
    private static var usual: Int { 16 }
}

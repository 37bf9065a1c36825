/// A response as a media type: the `message/http` body by which an upstream tells what it answered before
/// (RFC 9112 section 10.1).
public struct ResponseMessage: Hashable, Sendable {
    /// The status, 200…999.
    public var status: Int
    /// All header lines.
    public var headers: Headers
    /// The body; it shares the memory of the message.
    public var body: ArraySlice<UInt8>

    /// Reads a message: status line, header lines, empty line, body. Lines end with CR LF or LF. The body goes to the
    /// end.
    ///
    /// - Throws: `MessageError`. What was asked then counts as unknown.
    public init(parsing bytes: [UInt8]) throws(MessageError) {
        var rest = bytes[...]
        guard let statusLine = Self.line(&rest) else { throw .statusLine }
        status = try Self.status(in: statusLine)
        var headers = Headers()
        while true {
            guard let line = Self.line(&rest) else { throw .unterminated }
            if line.isEmpty { break }
            guard let field = Self.field(in: line) else { throw .header(line: headers.count + 1) }
            headers.append(field.name, field.value)
        }
        guard !headers.contains("Transfer-Encoding") else { throw .transferCoding }
        for length in headers.values(of: "Content-Length") where length != String(rest.count) { throw .contentLength }
        self.headers = headers
        body = rest
    }

    /// Takes a line off the front; `nil` when no line ends.
    private static func line(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(of: 0x0A) else { return nil }
        let line = rest[..<end]
        rest = rest[(end + 1)...]
        return line.last == 0x0D ? line.dropLast() : line
    }

    /// `HTTP/1.1 201 Created` (RFC 9112 section 4).
    private static func status(in line: ArraySlice<UInt8>) throws(MessageError) -> Int {
        let bytes = Array(line)
        guard bytes.starts(with: "HTTP/1.".utf8), bytes.count >= 12, bytes[8] == 0x20,
            bytes.count == 12 || bytes[12] == 0x20
        else { throw .statusLine }
        let digits = [bytes[7]] + bytes[9..<12]
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { throw .statusLine }
        let status = bytes[9..<12].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard StoredAnswerFormat.statuses.contains(status) else { throw .statusLine }
        return status
    }

    /// `Name: value`; no white space before the colon, no folded line (RFC 9112 section 5).
    private static func field(in line: ArraySlice<UInt8>) -> HeaderField? {
        let (name, behind) = Substring(decoding: line, as: UTF8.self).cut(at: 0x3A)
        guard let value = behind?.trimmingOptionalWhitespace(), FieldName.isToken(name), FieldName.isSafeValue(value)
        else {
            return nil
        }
        return HeaderField(String(name), String(value))
    }
}

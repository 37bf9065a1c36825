import IdempotencyHTTP
import NIOCore
import NIOHTTP1

/// Reads the requests of an HTTP/1 connection, strictly (RFC 9112): what two parsers could read differently, it
/// refuses.
///
/// One pass over the bytes, line by line, so that no more than one line is ever held. It is stricter than the usual
/// parsers: one space between the parts of a request line, no protocol but HTTP, CRLF at the end of every line, bounds
/// on whatever is neither header nor body, and values in UTF-8, as other bytes would be replaced, and two different
/// credentials could become equal.
///
/// A value without I/O. Whoever asks for the next part takes it before asking again, so that a request behind another
/// waits in its bytes.
struct RequestDecoder {
    private enum Expected {
        case requestLine, fieldLine, body
        /// The request before was the last one: whatever follows is no request, and counts only if another protocol was
        /// asked for.
        case nothing(else: Bool)
    }

    private let requestLineBytes: Int
    private var expected = Expected.requestLine
    private var lines = LineReader()
    private var fields: FieldSection
    private var emptyLines = 0
    private var start = RequestStart()
    private var framing = RequestFraming()
    private var body = BodyReader(length: 0)

    init(limits: GatewayLimits) {
        requestLineBytes = limits.requestLineBytes
        fields = FieldSection(
            .init(
                lineBytes: limits.headerFieldBytes, bytes: limits.headerBytes, count: limits.headerFields,
                repairsValues: false))
    }

    /// Whether no request follows the one before, and nothing that counts.
    var isAtEnd: Bool {
        if case .nothing(else: false) = expected { true } else { false }
    }

    /// Takes the next part of a request out of the bytes that have come.
    ///
    /// - Returns: The part, or `nil` when more bytes are needed.
    /// - Throws: What is wrong with the request. Nothing more can be read then.
    mutating func next(_ buffer: inout ByteBuffer) throws(HTTPParserError) -> RequestPart? {
        while true {
            switch expected {
            case .requestLine:
                guard let length = try requestLineLength(in: buffer) else { return nil }
                try takeStart(buffer.readableBytesView.prefix(length))
                buffer.moveReaderIndex(forwardBy: length + 2)
            case .fieldLine:
                let limit = fields.limits.lineBytes
                guard let length = try lines.length(in: buffer, limit: limit, overflow: .headerOverflow) else {
                    return nil
                }
                defer { buffer.moveReaderIndex(forwardBy: length + 2) }
                if length == 0 { return .head(try endHeader()) }
                try buffer.readableBytesView.prefix(length).read { (line) throws(HTTPParserError) in
                    try framing.see(try fields.take(line))
                }
            case .body:
                switch try body.next(&buffer, &lines, &fields) {
                case .piece(let piece): return .body(piece)
                case .starved: return nil
                case .end(let trailers):
                    endRequest()
                    return .end(trailers)
                }
            case .nothing: return nil
            }
        }
    }

    private mutating func requestLineLength(in buffer: ByteBuffer) throws(HTTPParserError) -> Int? {
        let length = try lines.length(in: buffer, limit: requestLineBytes, overflow: .invalidURL)
        // What begins like no request, such as TLS, is not waited for.
        if length == nil, let first = buffer.readableBytesView.first, first != 0x0D {
            guard FieldName.isTokenByte(first) else { throw .invalidMethod }
        }
        return length
    }

    private mutating func takeStart(_ line: ByteBufferView) throws(HTTPParserError) {
        guard line.isEmpty else {
            start = try line.read(RequestStart.init)
            expected = .fieldLine
            return
        }
        // RFC 9112 section 2.2: some clients send an empty line too many after a body.
        emptyLines += 1
        guard emptyLines <= Self.emptyLinesTaken else { throw .invalidMethod }
    }

    private mutating func endHeader() throws(HTTPParserError) -> IncomingRequest {
        body = try framing.reader(in: start.version)
        expected = .body
        return IncomingRequest(start.method, start.target, fields.handOut(), version: start.version)
    }

    private mutating func endRequest() {
        let isLast = !framing.keepsAlive || start.version != .http1_1
        expected = isLast ? .nothing(else: framing.asksForUpgrade) : .requestLine
        emptyLines = 0
        framing = RequestFraming()
    }

    /// How many empty lines may come before a request.
    private static var emptyLinesTaken: Int { 4 }
}

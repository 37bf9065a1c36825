import IdempotencyHTTP
import NIOCore
import NIOHTTP1

/// Reads the answers on a connection to an upstream, as strictly as requests are read: then no client is told another
/// answer than its own.
///
/// A value without I/O.
struct AnswerDecoder {
    private enum Expected {
        case statusLine, fieldLine, body
        /// The answer is complete: whatever follows was not asked for.
        case nothing
    }

    private var expected = Expected.nothing
    private var method = "GET"
    private var lines = LineReader()
    private var fields: FieldSection
    private var start = AnswerStart()
    private var framing = AnswerFraming()
    private var body = BodyReader(length: 0)

    init(limits: GatewayLimits) {
        fields = FieldSection(
            .init(
                lineBytes: limits.answerHeaderFieldBytes, bytes: limits.answerHeaderBytes,
                count: limits.answerHeaderFields, repairsValues: true))
    }

    /// From now on an answer to a request with this method is read.
    mutating func expectAnswer(to method: String) {
        self.method = method
        expected = .statusLine
    }

    /// Whether the end of the connection is the proper end of the answer that is being read.
    var endsWithConnection: Bool {
        if case .body = expected { body.endsWithConnection } else { false }
    }

    /// Takes the next part of an answer out of the bytes that have come; an interim answer has a head only.
    ///
    /// - Returns: The part, or `nil` when more bytes are needed, or none is expected.
    /// - Throws: What is wrong with the answer. Nothing more can be read then.
    mutating func next(_ buffer: inout ByteBuffer) throws(HTTPParserError) -> AnswerPart? {
        let limit = fields.limits.lineBytes
        while true {
            switch expected {
            case .statusLine:
                guard let length = try lines.length(in: buffer, limit: limit, overflow: .headerOverflow) else {
                    return nil
                }
                start = try buffer.readableBytesView.prefix(length).read(AnswerStart.init)
                buffer.moveReaderIndex(forwardBy: length + 2)
                expected = .fieldLine
            case .fieldLine:
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
                    expected = .nothing
                    if let trailers { try Self.checkFraming(of: trailers) }
                    return .end(trailers)
                }
            case .nothing: return nil
            }
        }
    }

    /// What frames a message stands in its header; a reader that merges trailers into it would see another answer.
    private static func checkFraming(of trailers: Headers) throws(HTTPParserError) {
        if trailers.contains("Content-Length") { throw .unexpectedContentLength }
        if trailers.contains("Transfer-Encoding") { throw .strictModeAssertion }
    }

    private mutating func endHeader() throws(HTTPParserError) -> AnswerHead {
        defer { framing = AnswerFraming() }
        let isInterim = start.status.code < 200 && start.status != .switchingProtocols
        body = try framing.reader(after: start, to: method)
        expected = isInterim ? .statusLine : start.status == .switchingProtocols ? .nothing : .body
        let headers = fields.handOut()
        if isInterim { _ = fields.endMessage() }
        return AnswerHead(version: start.version, status: start.status, headers: headers)
    }
}

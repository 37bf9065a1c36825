import NIOCore
import NIOHTTP1

/// Reads the requests of an HTTP/1 connection, strictly (RFC 9112): what two parsers could read differently, it
/// refuses.
///
/// One pass over the bytes, line by line, so that no more than one line is ever held. It is stricter than the parser of
/// the channel handlers: one space between the parts of a request line, no protocol but HTTP, CRLF at the end of every
/// line, bounds on whatever is neither header nor body, and values in UTF-8, as other bytes would be replaced, and two
/// different credentials could become equal.
///
/// It throws `HTTPParserError`, because the pipeline handler behind it keeps these in the order of the requests.
final class RequestDecoder: ByteToMessageDecoder {
    typealias InboundOut = HTTPServerRequestPart

    private enum Expected {
        case requestLine, fieldLine, content(left: Int), chunkLine, chunk(left: Int), chunkEnd, trailerLine
        /// The request before was the last one: whatever follows is no request.
        case nothing
    }

    private let limits: GatewayLimits
    private let beyond: BytesBeyond
    private var expected = Expected.requestLine
    /// How many bytes of the present line were looked at before.
    private var scanned = 0
    private var emptyLines = 0
    private var start = RequestStart()
    private var fields: [(String, String)] = []
    /// The bytes of all field lines, trailers included, and their number.
    private var fieldBytes = 0
    private var fieldCount = 0
    private var framing = RequestFraming()
    private var overhead = ChunkOverhead()
    private var gathered = SmallChunks()

    init(limits: GatewayLimits, beyond: BytesBeyond = BytesBeyond()) {
        self.limits = limits
        self.beyond = beyond
    }

    func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        while try step(&buffer, context) {}
        pass(gathered.take(), context)
        return .needMoreData
    }

    func decodeLast(
        context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
    ) throws -> DecodingState {
        try decode(context: context, buffer: &buffer)
    }

    /// Goes one step on; tells whether another one may be possible.
    private func step(_ buffer: inout ByteBuffer, _ context: ChannelHandlerContext) throws(HTTPParserError) -> Bool {
        switch expected {
        case .content(let left):
            guard let piece = buffer.readSlice(length: min(left, buffer.readableBytes)) else { return false }
            pass(piece, context)
            expected = .content(left: left - piece.readableBytes)
            if left == piece.readableBytes { end(context, trailers: nil) }
        case .chunk(let left):
            guard let piece = buffer.readSlice(length: min(left, buffer.readableBytes)) else { return false }
            if let whole = gathered.add(piece) { pass(whole, context) }
            expected = left == piece.readableBytes ? .chunkEnd : .chunk(left: left - piece.readableBytes)
        case .nothing:
            beyond.take(&buffer)
        case .requestLine, .fieldLine, .chunkLine, .chunkEnd, .trailerLine:
            guard let length = try lineLength(in: buffer) else { return false }
            let endsSection = try take(line: length, of: buffer)
            buffer.moveReaderIndex(forwardBy: length + 2)
            if endsSection { try endSection(context) }
        }
        return buffer.readableBytes > 0
    }

    /// The length of the line at the beginning without its CRLF, or `nil` if not all of it is here.
    private func lineLength(in buffer: ByteBuffer) throws(HTTPParserError) -> Int? {
        let (end, isWhole) = buffer.readableBytesView.lineEnd(from: scanned)
        guard end <= lineLimit else { throw overflow }
        guard let isWhole else {
            scanned = buffer.readableBytes
            // What begins like no request, such as TLS, is not waited for.
            if case .requestLine = expected, let first = buffer.readableBytesView.first, first != 0x0D {
                guard ByteKind.isToken(first) else { throw .invalidMethod }
            }
            return nil
        }
        guard isWhole else { throw .lfExpected }
        scanned = 0
        return end
    }

    private var lineLimit: Int {
        switch expected {
        case .requestLine: limits.requestLineBytes
        case .chunkLine, .chunkEnd: ChunkOverhead.lineBytes
        default: limits.headerFieldBytes
        }
    }

    private var overflow: HTTPParserError {
        switch expected {
        case .requestLine: .invalidURL
        case .chunkLine, .chunkEnd: .invalidChunkSize
        default: .headerOverflow
        }
    }

    private func pass(_ piece: ByteBuffer?, _ context: ChannelHandlerContext) {
        guard let piece, piece.readableBytes > 0 else { return }
        context.fireChannelRead(wrapInboundOut(.body(piece)))
    }
}

// MARK: - Lines

extension RequestDecoder {
    /// Takes one line in; tells whether it was the empty one that ends the header or the trailers.
    private func take(line length: Int, of buffer: ByteBuffer) throws(HTTPParserError) -> Bool {
        let line = buffer.readableBytesView.prefix(length)
        switch expected {
        case .requestLine where line.isEmpty:
            // RFC 9112 section 2.2: some clients send an empty line too many after a body.
            emptyLines += 1
            guard emptyLines <= Self.emptyLinesTaken else { throw .invalidMethod }
        case .requestLine:
            start = try line.read(RequestStart.init)
            fields.reserveCapacity(16)
            expected = .fieldLine
        case .fieldLine, .trailerLine:
            guard !line.isEmpty else { return true }
            try takeField(line)
        case .chunkLine:
            let size = try line.read(ChunkLine.size)
            try overhead.count(line: length, size: size)
            expected = size == 0 ? .trailerLine : .chunk(left: size)
        case .chunkEnd:
            guard line.isEmpty else { throw .invalidChunkSize }
            expected = .chunkLine
        case .content, .chunk, .nothing: break
        }
        return false
    }

    private func takeField(_ line: ByteBufferView) throws(HTTPParserError) {
        fieldCount += 1
        fieldBytes += line.count
        guard fieldCount <= limits.headerFields, fieldBytes <= limits.headerBytes else { throw .headerOverflow }
        let field = try line.read(FieldLine.init)
        if case .fieldLine = expected { try framing.see(field) }
        fields.append((field.name, field.value))
    }

    private func endSection(_ context: ChannelHandlerContext) throws(HTTPParserError) {
        guard case .fieldLine = expected else { return end(context, trailers: fields.isEmpty ? nil : .init(fields)) }
        let body = try framing.body(in: start.version)
        let head = HTTPRequestHead(
            version: start.version, method: start.method, uri: start.target, headers: HTTPHeaders(fields))
        fields.removeAll(keepingCapacity: true)
        switch body {
        case .length(let count): expected = .content(left: count)
        case .chunked: expected = .chunkLine
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
        if case .length(0) = body { end(context, trailers: nil) }
    }

    private func end(_ context: ChannelHandlerContext, trailers: HTTPHeaders?) {
        pass(gathered.take(), context)
        let isLast = !framing.keepsAlive || start.version != .http1_1
        expected = isLast ? .nothing : .requestLine
        if framing.asksForUpgrade { beyond.keep() }
        emptyLines = 0
        fields.removeAll(keepingCapacity: true)
        fieldBytes = 0
        fieldCount = 0
        framing = RequestFraming()
        overhead = ChunkOverhead()
        context.fireChannelRead(wrapInboundOut(.end(trailers)))
    }

    /// How many empty lines may come before a request.
    private static var emptyLinesTaken: Int { 4 }
}

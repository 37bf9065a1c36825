import IdempotencyHTTP
import NIOCore
import NIOHTTP1

/// Reads the body of an HTTP/1 message, up to where its header says that it ends (RFC 9112 sections 6 and 7).
struct BodyReader {
    /// What a step gave.
    enum Step {
        case piece(ByteBuffer)
        /// The message is complete; with the fields behind its body, if there are any.
        case end(Headers?)
        /// More bytes are needed.
        case starved
    }

    private enum Expected {
        case content(left: Int), chunkLine, chunk(left: Int), chunkEnd, trailerLine
        /// Whatever comes, until the connection ends.
        case anything
    }

    private var expected: Expected
    private var overhead = ChunkOverhead()
    private var gathered = SmallChunks()

    /// A body of the length that is known.
    init(length: Int) { expected = .content(left: length) }

    /// A body in chunks.
    static var chunked: BodyReader { BodyReader(.chunkLine) }

    /// A body that ends with the connection.
    static var untilEnd: BodyReader { BodyReader(.anything) }

    private init(_ expected: Expected) { self.expected = expected }

    /// Whether the end of the connection is the end of the body.
    var endsWithConnection: Bool {
        if case .anything = expected { true } else { false }
    }

    /// Goes on as far as the next piece or the end.
    mutating func next(
        _ buffer: inout ByteBuffer, _ lines: inout LineReader, _ fields: inout FieldSection
    ) throws(HTTPParserError) -> Step {
        while true {
            switch expected {
            case .content(left: 0): return .end(fields.endMessage())
            case .content(let left):
                guard let piece = Self.piece(of: &buffer, upTo: left) else { return .starved }
                expected = .content(left: left - piece.readableBytes)
                return .piece(piece)
            case .anything:
                guard let piece = Self.piece(of: &buffer, upTo: .max) else { return .starved }
                return .piece(piece)
            case .chunk(let left):
                guard let piece = Self.piece(of: &buffer, upTo: left) else { return starved() }
                expected = left == piece.readableBytes ? .chunkEnd : .chunk(left: left - piece.readableBytes)
                if let whole = gathered.add(piece) { return .piece(whole) }
            case .chunkLine, .chunkEnd, .trailerLine:
                guard let length = try lineLength(in: buffer, &lines, fields.limits) else { return starved() }
                let isLast = try take(line: buffer.readableBytesView.prefix(length), &fields)
                if isLast, let whole = gathered.take() { return .piece(whole) }
                buffer.moveReaderIndex(forwardBy: length + 2)
                if isLast { return .end(fields.endMessage()) }
            }
        }
    }

    private static func piece(of buffer: inout ByteBuffer, upTo length: Int) -> ByteBuffer? {
        let count = min(length, buffer.readableBytes)
        return count > 0 ? buffer.readSlice(length: count) : nil
    }

    /// What was gathered is not held back any longer when nothing more is here.
    private mutating func starved() -> Step {
        if let whole = gathered.take() { .piece(whole) } else { .starved }
    }

    private func lineLength(
        in buffer: ByteBuffer, _ lines: inout LineReader, _ limits: FieldSection.Limits
    ) throws(HTTPParserError) -> Int? {
        if case .trailerLine = expected {
            return try lines.length(in: buffer, limit: limits.lineBytes, overflow: .headerOverflow)
        }
        return try lines.length(in: buffer, limit: ChunkOverhead.lineBytes, overflow: .invalidChunkSize)
    }

    /// Takes one line in; tells whether it was the empty one that ends the trailers.
    private mutating func take(line: ByteBufferView, _ fields: inout FieldSection) throws(HTTPParserError) -> Bool {
        switch expected {
        case .chunkLine:
            let size = try line.read(ChunkLine.size)
            try overhead.count(line: line.count, size: size)
            expected = size == 0 ? .trailerLine : .chunk(left: size)
        case .chunkEnd:
            guard line.isEmpty else { throw .invalidChunkSize }
            expected = .chunkLine
        case .trailerLine:
            guard !line.isEmpty else { return true }
            try line.read { (bytes) throws(HTTPParserError) in _ = try fields.take(bytes) }
        case .content, .chunk, .anything: break
        }
        return false
    }
}

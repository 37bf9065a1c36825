import IdempotencyHTTP
import NIOCore

/// What of an answer has not been given to its stream yet, because the client takes no more at present.
struct HTTP2Outbox {
    /// The next thing to send.
    enum Item {
        case piece(ByteBuffer, endsStream: Bool)
        case trailers(Headers)
    }

    private enum End {
        /// It has not come, or has been taken.
        case none
        case bare
        case trailers(Headers)
    }

    private var pieces = CircularBuffer<ByteBuffer>()
    private var end = End.none
    /// The bytes that wait.
    private(set) var count = 0

    /// Whether nothing waits, not even the end.
    var isEmpty: Bool {
        if case .none = end { pieces.isEmpty } else { false }
    }

    /// Adds a piece of the body.
    mutating func append(_ piece: ByteBuffer) {
        pieces.append(piece)
        count += piece.readableBytes
    }

    /// Adds the end of the answer.
    mutating func finish(trailers: Headers?) {
        end = trailers.map { .trailers($0) } ?? .bare
    }

    /// Takes the next thing to send, a piece of at most `limit` bytes; `nil` when nothing waits.
    mutating func next(limit: Int) -> Item? {
        if var piece = pieces.popFirst() {
            let head = piece.readSlice(length: min(limit, piece.readableBytes)) ?? ByteBuffer()
            count -= head.readableBytes
            if piece.readableBytes > 0 { pieces.prepend(piece) }
            guard pieces.isEmpty, case .bare = end else { return .piece(head, endsStream: false) }
            end = .none
            return .piece(head, endsStream: true)
        }
        defer { end = .none }
        switch end {
        case .none: return nil
        case .bare: return .piece(ByteBuffer(), endsStream: true)
        case .trailers(let trailers): return .trailers(trailers)
        }
    }

    /// Throws everything away.
    mutating func clear() {
        self = HTTP2Outbox()
    }
}

import NIOCore

/// What a client sends behind its last request. That is nothing that counts, unless this request asks for another
/// protocol: then it is kept until the answer tells, and belongs to that protocol if it is granted.
final class BytesBeyond {
    private enum Use {
        case dropped, kept, passedOn((ByteBuffer) -> Void)
    }

    private var use = Use.dropped
    private var kept = ByteBuffer()
    /// Whether all that came is still here. Reads stop while a request is unanswered, so that hardly anything can come.
    private(set) var isWhole = true

    /// The last request asks for another protocol.
    func keep() {
        use = .kept
    }

    /// Takes all that is in `buffer`.
    func take(_ buffer: inout ByteBuffer) {
        defer { buffer.moveReaderIndex(to: buffer.writerIndex) }
        switch use {
        case .dropped: return
        case .passedOn(let taker): taker(buffer.slice())
        case .kept:
            guard isWhole, kept.readableBytes + buffer.readableBytes <= Self.limit else {
                isWhole = false
                return kept = ByteBuffer()
            }
            kept.writeImmutableBuffer(buffer)
        }
    }

    /// The other protocol is spoken from here on: passes on what came, and all that will come.
    func passOn(to taker: @escaping (ByteBuffer) -> Void) {
        use = .passedOn(taker)
        if kept.readableBytes > 0 { taker(kept) }
        kept = ByteBuffer()
    }

    /// Above what one turn of reading brings.
    private static var limit: Int { 512 << 10 }
}

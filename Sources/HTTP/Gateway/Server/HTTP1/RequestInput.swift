import NIOCore
import NIOHTTP1

/// What a client has sent and nobody has looked at yet, and the way to take requests out of it.
struct RequestInput {
    private var decoder: RequestDecoder
    private var bytes = ByteBuffer()
    private var isAtWork = false
    private var hasPaused = false
    /// What came could not be read, and nothing more can be.
    private(set) var isBroken = false

    init(limits: GatewayLimits) {
        decoder = RequestDecoder(limits: limits)
    }

    /// Adds what came.
    mutating func append(_ piece: ByteBuffer) {
        if bytes.readableBytes == 0 { bytes = piece } else { bytes.writeImmutableBuffer(piece) }
    }

    /// Begins to take parts; `false` when that is under way already.
    mutating func begin() -> Bool {
        guard !isAtWork else { return false }
        isAtWork = true
        return true
    }

    /// The next part, or `nil` when more must come.
    mutating func next() throws(HTTPParserError) -> RequestPart? {
        do throws(HTTPParserError) {
            return try decoder.next(&bytes)
        } catch {
            isBroken = true
            bytes = ByteBuffer()
            throw error
        }
    }

    /// No more parts are taken now. Behind the last request of a connection nothing counts.
    mutating func end() {
        isAtWork = false
        if decoder.isAtEnd || bytes.readableBytes == 0 { bytes = ByteBuffer() }
    }

    /// Hands out what came behind the last request: it is in another protocol.
    mutating func takeRest() -> ByteBuffer {
        var rest = ByteBuffer()
        swap(&rest, &bytes)
        return rest
    }

    /// Whether more may be read. A client that sends requests without waiting for answers is not read from while as
    /// much as this waits here.
    mutating func takesMore() -> Bool {
        hasPaused = bytes.readableBytes >= Self.mostAhead
        return !hasPaused
    }

    /// Whether reading was paused and may go on.
    mutating func resumes() -> Bool { hasPaused && takesMore() }

    /// How many bytes of requests may wait behind one that is not answered yet: many small ones, or one with a header
    /// of the largest size.
    private static var mostAhead: Int { 64 << 10 }
}

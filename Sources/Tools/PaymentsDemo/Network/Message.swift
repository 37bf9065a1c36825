import NIOCore
import NIOHTTP1

/// The head of a request or of an answer.
protocol MessageHead: Sendable, Equatable {
    var headers: HTTPHeaders { get set }
    /// Whether a message with this head may have a body of which the head tells the length.
    var tellsLength: Bool { get }
}

extension HTTPRequestHead: MessageHead {
    var tellsLength: Bool { method != .GET && method != .HEAD }
}

extension HTTPResponseHead: MessageHead {
    var tellsLength: Bool { status.mayHaveResponseBody }
}

/// A whole request or answer, head and body.
struct Message<Head: MessageHead>: Sendable {
    var head: Head
    var body = ByteBuffer()

    init(head: Head, body: ByteBuffer = ByteBuffer()) {
        self.head = head
        self.body = body
    }

    /// Reads one message.
    ///
    /// - Returns: nil if the connection was closed before the message was complete.
    /// - Throws: ``SizeLimitExceeded`` if the body has more than `sizeLimit` bytes, or what the connection throws.
    init?<Parts: AsyncSequence>(from parts: Parts, sizeLimit: Int) async throws
    where Parts.Element == HTTPPart<Head, ByteBuffer> {
        var read: Message?
        for try await part in parts {
            switch part {
            case .head(let head):
                read = Message(head: head)
            case .body(let bytes):
                read?.body.writeImmutableBuffer(bytes)
                if let size = read?.body.readableBytes, size > sizeLimit { throw SizeLimitExceeded() }
            case .end:
                guard let read else { return nil }
                self = read
                return
            }
        }
        return nil
    }

    /// The message's parts as this hop sends them: its length told, and the connection closed afterwards.
    func parts<Part>(_ makeHead: (Head) -> HTTPPart<Head, Part>, _ makeBody: (ByteBuffer) -> Part) -> [HTTPPart<
        Head, Part
    >] {
        var head = head
        for name in ["Connection", "Keep-Alive", "Transfer-Encoding"] { head.headers.remove(name: name) }
        head.headers.add(name: "Connection", value: "close")
        if head.tellsLength {
            head.headers.replaceOrAdd(name: "Content-Length", value: "\(body.readableBytes)")
        }
        return [makeHead(head), .body(makeBody(body)), .end(nil)]
    }
}

/// A body is larger than the network carries.
struct SizeLimitExceeded: Error {}

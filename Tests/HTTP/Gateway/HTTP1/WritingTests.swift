import IdempotencyHTTP
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import IdempotencyGateway

@Suite("Messages of HTTP/1 as they are written")
struct WritingTests {
    /// Writes with an outbox, and gives the pieces that reached the channel.
    private func pieces(_ write: (inout Outbox, ChannelHandlerContext) -> Void) throws -> [String] {
        let channel = EmbeddedChannel(handler: Passage())
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        let context = try channel.pipeline.syncOperations.context(handlerType: Passage.self)
        var outbox = Outbox()
        write(&outbox, context)
        var pieces: [String] = []
        while let piece = try channel.readOutbound(as: ByteBuffer.self) { pieces.append(String(buffer: piece)) }
        return pieces
    }

    private final class Passage: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
    }

    @Test("An answer with a small body is one piece")
    func small() throws {
        let written = try pieces { outbox, context in
            outbox.begin(
                AnswerHead(status: .created, headers: ["Content-Length": "2", "X-Ü": "ä"]))
            outbox.add(ByteBuffer(string: "hi"), on: context)
            outbox.end(trailers: nil)
            outbox.flush(on: context)
        }
        #expect(written == ["HTTP/1.1 201 Created\r\nContent-Length: 2\r\nX-Ü: ä\r\n\r\nhi"])
    }

    @Test("A request has its method and target, and nothing that it was not given")
    func request() throws {
        let written = try pieces { outbox, context in
            outbox.begin(RequestHead(method: "PATCH", target: "/a?b=c", headers: ["Host": "x"]))
            outbox.end(trailers: nil)
            outbox.flush(on: context)
        }
        #expect(written == ["PATCH /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n"])
    }

    @Test("Chunks have their sizes, and trailers stand behind the last")
    func chunks() throws {
        let written = try pieces { outbox, context in
            let head = AnswerHead(status: .custom(code: 299, reasonPhrase: "Odd"))
            var chunked = head
            chunked.headers.append("transfer-encoding", "chunked")
            outbox.begin(chunked)
            outbox.add(ByteBuffer(repeating: 0x61, count: 17), on: context)
            outbox.end(trailers: ["X-Sum": "7"])
            outbox.flush(on: context)
        }
        let head = "HTTP/1.1 299 Odd\r\ntransfer-encoding: chunked\r\n\r\n"
        #expect(written == [head + "11\r\naaaaaaaaaaaaaaaaa\r\n0\r\nX-Sum: 7\r\n\r\n"])
    }

    @Test("A large body is not copied, and keeps its place")
    func large() throws {
        let body = String(repeating: "b", count: 20_000)
        let written = try pieces { outbox, context in
            outbox.begin(AnswerHead(version: .http1_0, status: .ok, headers: ["Content-Length": "20003"]))
            outbox.add(ByteBuffer(string: body), on: context)
            outbox.add(ByteBuffer(string: "end"), on: context)
            outbox.flush(on: context)
        }
        #expect(written == ["HTTP/1.0 200 OK\r\nContent-Length: 20003\r\n\r\n", body, "end"])
    }

    @Test("Whoever waits for the end of what was sent is told, also when nothing is left to send")
    func promises() throws {
        let channel = EmbeddedChannel(handler: Passage())
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        let context = try channel.pipeline.syncOperations.context(handlerType: Passage.self)
        var outbox = Outbox()
        let promise = channel.eventLoop.makePromise(of: Void.self)
        outbox.flush(on: context, promise: promise)
        try promise.futureResult.wait()
    }
}

import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A real HTTP server whose answers the test chooses; it remembers every request that it got.
final class TestUpstream: Sendable {
    /// A request as it arrived.
    struct Request: Sendable {
        let method: String
        let uri: String
        let headers: HTTPHeaders
        let body: String
        /// The connection that it came on.
        let connection: ObjectIdentifier
    }

    /// The way back to whoever asked; may be kept and used later.
    struct Reply: Sendable {
        let channel: any Channel

        /// Sends a whole answer.
        func answer(_ status: Int = 200, _ headers: [(String, String)] = [], _ body: String = "") {
            var text = "HTTP/1.1 \(status) Any\r\n"
            for (name, value) in headers { text += "\(name): \(value)\r\n" }
            raw(text + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        }

        /// Sends bytes as they are.
        func raw(_ text: String) {
            channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
        }

        /// Ends the connection after what was sent.
        func close() {
            channel.close(promise: nil)
        }
    }

    typealias Handler = @Sendable (Request, Reply) -> Void

    private let server: any Channel
    private let record: Record

    private final class Record: Sendable {
        private struct State {
            var requests: [Request] = []
            /// How many of them the handler has seen.
            var handled = 0
            var waiting: [(Int, CheckedContinuation<Void, Never>)] = []
        }
        private let state = Mutex(State())

        var requests: [Request] { state.withLock { $0.requests } }

        func add(_ request: Request) {
            state.withLock { $0.requests.append(request) }
        }

        /// Wakes those who wait: only now has the handler kept what they are going to use.
        func wasHandled() {
            let due = state.withLock { state in
                state.handled += 1
                let due = state.waiting.filter { $0.0 <= state.handled }
                state.waiting.removeAll { $0.0 <= state.handled }
                return due
            }
            for (_, continuation) in due { continuation.resume() }
        }

        func arrived(_ count: Int) async {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    if state.handled >= count { return true }
                    state.waiting.append((count, continuation))
                    return false
                }
                if isDue { continuation.resume() }
            }
        }
    }

    private init(server: any Channel, record: Record) {
        self.server = server
        self.record = record
    }

    /// Starts a server; on a free port if none is given.
    static func start(port: Int = 0, _ handler: @escaping Handler) async throws -> TestUpstream {
        let record = Record()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
                    try pipeline.addHandler(
                        Collector { request, reply in
                            record.add(request)
                            handler(request, reply)
                            record.wasHandled()
                        })
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return TestUpstream(server: server, record: record)
    }

    var port: Int { server.localAddress?.port ?? 0 }

    /// All requests so far.
    var requests: [Request] { record.requests }

    /// Waits until that many requests have come.
    func arrived(_ count: Int) async { await record.arrived(count) }

    /// Stops listening.
    func stop() async { try? await server.close() }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        private let handler: Handler
        private var head: HTTPRequestHead?
        private var body = ByteBuffer()

        init(_ handler: @escaping Handler) { self.handler = handler }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body.clear()
                if head.headers.contains(name: "expect") {
                    context.writeAndFlush(
                        NIOAny(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
                }
            case .body(var piece): body.writeBuffer(&piece)
            case .end:
                guard let head else { return }
                handler(
                    Request(
                        method: head.method.rawValue, uri: head.uri, headers: head.headers, body: String(buffer: body),
                        connection: ObjectIdentifier(context.channel)),
                    Reply(channel: context.channel))
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}

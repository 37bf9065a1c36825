import Idempotency
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycleTestKit
import Testing

@testable import IdempotencyAdmin

@Suite("The end of the admin listener", .timeLimit(.minutes(2)))
struct AdminStopTests {
    private func listener(_ ports: AsyncStream<Int>.Continuation) throws -> AdminListener {
        let desk = Desk()
        let token = try #require(AdminToken("0123456789abcdef"))
        var configuration = AdminConfiguration(token: token)
        configuration.port = 0
        return AdminListener(
            configuration: configuration,
            operations: KeyOperations(store: desk.store, audit: desk.audit, clock: desk.clock),
            program: .init(isReady: { true }, metrics: { ("", "text/plain") }),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            onListening: { ports.yield($1) })
    }

    @Test("Connections that come all the while it stops end nothing else")
    func underConnections() async throws {
        for _ in 0..<50 {
            let (ports, told) = AsyncStream.makeStream(of: Int.self)
            let listener = try listener(told)
            try await testGracefulShutdown { trigger in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await listener.run() }
                    let port = try #require(await ports.first { _ in true })
                    let (connections, opened) = AsyncStream.makeStream(of: Void.self)
                    for _ in 0..<4 { group.addTask { await connectUntilRefused(port) { opened.yield() } } }
                    for await _ in connections.prefix(8) {}
                    trigger.triggerGracefulShutdown()
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test("A request that comes whole, with the end of its sender behind it, is answered")
    func halfClosed() async throws {
        let (ports, told) = AsyncStream.makeStream(of: Int.self)
        let listener = try listener(told)
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await listener.run() }
                let port = try #require(await ports.first { _ in true })
                for _ in 0..<50 {
                    let (answer, received) = AsyncStream.makeStream(of: ByteBuffer.self)
                    let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                        .channelOption(.allowRemoteHalfClosure, value: true)
                        .channelInitializer { channel in
                            channel.eventLoop.makeCompletedFuture {
                                try channel.pipeline.syncOperations.addHandler(Receiver(received))
                            }
                        }
                        .connect(host: "127.0.0.1", port: port).get()
                    let request = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                    try await client.writeAndFlush(ByteBuffer(string: request))
                    try await client.close(mode: .output)
                    var text = ""
                    for await piece in answer { text += String(buffer: piece) }
                    #expect(text.hasPrefix("HTTP/1.1 200") && text.hasSuffix("ok\n"))
                }
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
    }

    /// Opens connections and closes them, one after the other, as long as somebody listens.
    private func connectUntilRefused(_ port: Int, onConnection: () -> Void) async {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        while let connection = try? await bootstrap.connect(host: "127.0.0.1", port: port).get() {
            onConnection()
            try? await connection.close()
        }
    }

    private final class Receiver: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let continuation: AsyncStream<ByteBuffer>.Continuation

        init(_ continuation: AsyncStream<ByteBuffer>.Continuation) { self.continuation = continuation }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { continuation.yield(unwrapInboundIn(data)) }

        func channelInactive(context: ChannelHandlerContext) { continuation.finish() }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event as? ChannelEvent == .inputClosed { continuation.finish() }
        }
    }
}

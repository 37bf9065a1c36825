import NIOCore
import NIOPosix

/// A server that does nothing by itself: the test reads what comes on each connection and writes what it wants.
final class RawUpstream: Sendable {
    private let server: any Channel
    private let accepted: AsyncStream<RawClient>

    private init(server: any Channel, accepted: AsyncStream<RawClient>) {
        self.server = server
        self.accepted = accepted
    }

    /// Starts one on a free port.
    static func start() async throws -> RawUpstream {
        let (accepted, continuation) = AsyncStream<RawClient>.makeStream()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (stream, bytes) = AsyncStream<ByteBuffer>.makeStream()
                    try channel.pipeline.syncOperations.addHandler(RawClient.Receiver(bytes))
                    continuation.yield(RawClient(channel: channel, stream: stream))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return RawUpstream(server: server, accepted: accepted)
    }

    var port: Int { server.localAddress?.port ?? 0 }

    /// The next connection that is made.
    func connection() async throws -> RawClient {
        for await connection in accepted { return connection }
        throw RawClient.Ended()
    }
}

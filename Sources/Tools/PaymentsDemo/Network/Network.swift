import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// The unreliable network between the page and the gateway: it carries each request over and the answer back, unless
/// it is asked to lose the answer.
///
/// A request with `Demo-Network: drop-answer` is delivered and answered like any other; then the connection is closed
/// before the client sees a byte of that answer, which is all that a client ever notices of a broken network. When the
/// client hangs up, the network hangs up on the gateway. Every connection carries one request: browsers repeat a
/// request by themselves when a *reused* connection breaks, and that would blur the demonstration.
///
/// With `patience` it is also what stands before a service that is started again: like a service manager that owns the
/// listening socket, it holds new requests until the service is back. A request that the service had is never repeated.
struct Network: Sendable {
    /// An established connection from a client.
    typealias Client = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    /// The port that clients connect to.
    let port: Int
    let upstreamPort: Int
    let patience: Duration
    let logger: Logger
    /// Its connections are bare, and are made ready by ``serve(_:)``: an async channel that nobody serves, because it
    /// was accepted while the network stopped, would end the process.
    private let server: NIOAsyncChannel<any Channel, Never>

    /// No exchange of the demonstration lasts longer; a wait for the gateway ends here.
    static let timeLimit = Duration.seconds(60)
    /// One byte more in a request or an answer, and the connection is closed. The page is the largest of all.
    static let sizeLimit = 1 << 20

    /// Binds the address. Connections wait until ``run()`` accepts them.
    ///
    /// - Parameters:
    ///   - host: The host name or address to listen at.
    ///   - port: The port to listen at; 0 takes a free one.
    ///   - upstreamPort: The loopback port to carry requests to.
    ///   - patience: How long a request is held when nobody listens there; then it is answered with 502.
    /// - Throws: ``DemoError/cannotListen(host:port:cause:)``.
    static func bind(
        host: String, port: Int, upstreamPort: Int, patience: Duration = .zero, logger: Logger
    ) async throws -> Network {
        do {
            let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.backlog, value: 256)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.autoRead, value: false)
                .bind(host: host, port: port) { $0.eventLoop.makeSucceededFuture($0) }
            guard let port = server.channel.localAddress?.port else { throw ChannelError.unknownLocalAddress }
            return Network(port: port, upstreamPort: upstreamPort, patience: patience, logger: logger, server: server)
        } catch {
            throw DemoError.cannotListen(host: host, port: port, cause: error)
        }
    }

    /// Carries requests until a graceful shutdown; then accepts no more and ends when the last one was answered.
    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            try await server.executeThenClose { connections in
                try await withGracefulShutdownHandler {
                    // Ends when the listener is closed and what it had accepted is served, or told to go.
                    for try await connection in connections { group.addTask { await serve(connection) } }
                } onGracefulShutdown: {
                    server.channel.close(promise: nil)
                }
            }
        }
    }

    /// Carries the one request of a connection. A failure concerns nobody else; it ends with the connection closed.
    private func serve(_ connection: any Channel) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await Self.client(on: connection).executeThenClose { inbound, outbound in
                        try await connection.setOption(.autoRead, value: true).get()
                        try await carry(from: inbound, to: outbound)
                    }
                } catch {
                    logger.debug("A connection ended early", metadata: ["demo.error": "\(error)"])
                    connection.close(promise: nil)
                }
            }
            group.addTask { try? await connection.closeFuture.get() }
            group.addTask {
                try? await Task.sleep(for: Self.timeLimit)
                connection.close(promise: nil)
            }
            // Whatever ends first, the connection is closed or about to be: by us, by the client, by the clock.
            await group.next()
            group.cancelAll()
        }
    }

    private static func client(on connection: any Channel) async throws -> Client {
        try await connection.eventLoop.submit {
            try connection.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: false)
            return try Client(wrappingChannelSynchronously: connection)
        }.get()
    }
}

import Idempotency
import NIOCore
import NIOPosix
import NIOSSL

/// Makes connections to a server: finds it, connects, speaks TLS if that is wanted, and leads the handshake.
struct ServerConnector: Sendable {
    /// Finds the server to connect to; asked anew for every connection.
    typealias Locator = @Sendable (any EventLoop) -> EventLoopFuture<ServerAddress>

    let loop: any EventLoop
    let configuration: RedisStore.Configuration
    let encoding: RequestEncoding
    let tls: NIOSSLContext?
    let locate: Locator

    init(
        _ configuration: RedisStore.Configuration, tls: NIOSSLContext?, on loop: any EventLoop,
        locate: @escaping Locator
    ) {
        self.loop = loop
        self.configuration = configuration
        encoding = RequestEncoding(configuration)
        self.tls = tls
        self.locate = locate
    }

    /// A locator that knows one address.
    static func fixed(_ address: ServerAddress) -> Locator {
        { $0.makeSucceededFuture(address) }
    }

    /// Connects. The completion gets the handler, whose handshake is under way; what becomes of it is told to `events`.
    ///
    /// Called on the event loop, and calls back there.
    func connect(
        _ handshake: Handshake, events: PipelineHandler.Events,
        _ completion: @escaping (Result<PipelineHandler, StoreError>) -> Void
    ) {
        var limits = RESPLimits()
        limits.string = max(limits.string, configuration.recordLimit + 1024 * 1024)
        let handler = NIOLoopBound(
            PipelineHandler(handshake: handshake, encoding: encoding, limits: limits, events: events),
            eventLoop: loop)
        let limit = TimeAmount(configuration.connectTimeout)
        // The handshake is part of it.
        let timer = loop.assumeIsolated().scheduleTask(in: limit) {
            handler.value.close(Self.tooSlow)
        }
        locate(loop).flatMap { address in
            ClientBootstrap(group: loop)
                .connectTimeout(limit)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelOption(.socketOption(.so_keepalive), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try self.addHandlers(to: channel, handler.value, address) }
                }
                .connect(host: address.host, port: address.port)
                .flatMapErrorThrowing { throw Self.unreachable(address, $0) }
        }.assumeIsolated().whenComplete { result in
            switch result {
            case .success:
                handler.value.isReadyOrOver = { timer.cancel() }
                completion(.success(handler.value))
            case .failure(let error):
                timer.cancel()
                completion(.failure(error as? StoreError ?? Self.failure(error)))
            }
        }
    }

    private func addHandlers(to channel: any Channel, _ handler: PipelineHandler, _ address: ServerAddress) throws {
        if let tls {
            let name = configuration.tlsServerName ?? address.host
            // An address is no name, and is not sent as one; certificates may hold it all the same.
            let isName = (try? SocketAddress(ipAddress: name, port: 0)) == nil
            try channel.pipeline.syncOperations.addHandler(
                NIOSSLClientHandler(context: tls, serverHostname: isName ? name : nil))
        }
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    private static let tooSlow = StoreError(
        .unavailable, "The Redis server did not answer in time while the connection was made.", effect: .notApplied)

    private static func unreachable(_ address: ServerAddress, _ error: any Error) -> StoreError {
        StoreError(
            .unavailable, "The Redis server at \(address) cannot be reached: \(error)", effect: .notApplied,
            cause: error)
    }

    private static func failure(_ error: any Error) -> StoreError {
        StoreError(
            .unavailable, "The Redis server cannot be found: \(error)", effect: .notApplied, cause: error)
    }
}

import NIOCore
import NIOPosix
import Synchronization

/// Stands between a client and a server and lets connections break where a test wants them to.
package final class FaultProxy: Sendable {
    /// What it does with the bytes that come.
    package enum Fault: Hashable, Sendable {
        /// Hands them on.
        case none
        /// Hands requests on, and breaks the connection instead of handing the next reply back.
        case loseReply
        /// Breaks the connection instead of handing the next request on.
        case loseRequest
        /// Keeps replies to itself and the connection open.
        case swallowReplies
        /// Takes no connections.
        case refuse
    }

    /// Where it listens.
    package let port: Int
    private let listener: any Channel
    private let state: State

    final class State: Sendable {
        let fault = Mutex(Fault.none)

        /// What to do with bytes; a fault that breaks a connection happens once.
        func take(isReply: Bool) -> Fault {
            fault.withLock { fault in
                let now = fault
                switch now {
                case .loseReply where isReply, .loseRequest where !isReply: fault = .none
                case .swallowReplies where isReply, .refuse: break
                default: return .none
                }
                return now
            }
        }
    }

    private init(listener: any Channel, state: State) {
        self.listener = listener
        self.state = state
        port = listener.localAddress?.port ?? 0
    }

    /// Listens, and hands on to a server at `port`.
    package static func start(to port: Int) async throws -> FaultProxy {
        let state = State()
        let group = MultiThreadedEventLoopGroup.singleton
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { client in
                if state.take(isReply: false) == .refuse { return client.close() }
                return client.setOption(.autoRead, value: false).flatMap {
                    ClientBootstrap(group: client.eventLoop)
                        .channelInitializer { server in
                            server.eventLoop.makeCompletedFuture {
                                try server.pipeline.syncOperations.addHandler(
                                    Forwarder(to: client, isReply: true, state))
                            }
                        }
                        .connect(host: "127.0.0.1", port: port)
                }.flatMap { server in
                    client.eventLoop.makeCompletedFuture {
                        try client.pipeline.syncOperations.addHandler(Forwarder(to: server, isReply: false, state))
                    }.flatMap { client.setOption(.autoRead, value: true) }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return FaultProxy(listener: listener, state: state)
    }

    /// Sets what goes wrong from now on.
    package func set(_ fault: Fault) {
        state.fault.withLock { $0 = fault }
    }

    /// Whether the fault that was set has happened.
    package var hasHappened: Bool { state.fault.withLock { $0 == .none } }

    package func stop() async throws {
        try await listener.close()
    }
}

/// Hands bytes of one side on to the other.
private final class Forwarder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private let isReply: Bool
    private let state: FaultProxy.State

    init(to other: any Channel, isReply: Bool, _ state: FaultProxy.State) {
        self.other = other
        self.isReply = isReply
        self.state = state
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch state.take(isReply: isReply) {
        case .none: other.writeAndFlush(Self.unwrapInboundIn(data), promise: nil)
        case .swallowReplies: break
        case .loseReply, .loseRequest, .refuse: context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        other.close(promise: nil)
    }
}

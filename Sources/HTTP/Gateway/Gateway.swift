public import Idempotency
import IdempotencyHTTP
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle
import Synchronization

/// An HTTP server in front of another one, which makes the requests that carry an idempotency key take effect once.
///
/// `run()` serves until it is told to shut down; then it accepts no further connection, lets what is in flight come to
/// its end within the drain time, and returns.
public final class Gateway: Service {
    private struct State {
        var address: ListeningAddress?
        var isReady = false
        var identity: TLSIdentity?
    }

    private let configuration: GatewayConfiguration
    private let store: any RecordStore
    private let observer: any GatewayObserver
    private let logger: Logger
    private let onListening: @Sendable (ListeningAddress) -> Void
    private let state = Mutex(State())

    /// A gateway that keeps its records in `store`.
    ///
    /// - Parameters:
    ///   - configuration: How it listens, forwards and guards.
    ///   - store: Where the records live. One that is a `SubmittingStore` is called without a task.
    ///   - observer: Hears how requests end; by default they are counted with swift-metrics.
    ///   - logger: Where it says what an operator should know; never keys, credentials or bodies.
    ///   - onListening: Called once, when it accepts connections, with the address; the port is known only then if the
    ///     system chose it.
    public init(
        configuration: GatewayConfiguration, store: any RecordStore, observer: any GatewayObserver = GatewayMetrics(),
        logger: Logger, onListening: @escaping @Sendable (ListeningAddress) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.store = store
        self.observer = observer
        self.logger = logger
        self.onListening = onListening
    }

    /// The address that it listens on, once it does; also after it has stopped.
    public var boundAddress: ListeningAddress? { state.withLock { $0.address } }

    /// Whether it accepts requests: from the moment that it listens until it is told to shut down.
    public var isReady: Bool { state.withLock { $0.isReady } }

    /// Serves until graceful shutdown, then drains. Cancellation ends it without waiting for what is in flight.
    ///
    /// - Throws: `GatewayConfigurationError` when it cannot start as it is configured, or what the operating system
    ///   says when the address cannot be listened on.
    public func run() async throws {
        try configuration.validate()
        makeRoomForConnections()
        if let store = store as? any SubmittingStore { return try await run(with: store) }
        let lane = StoreLane(store, limit: configuration.limits.storeExchanges)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { await lane.run() }
            defer { lane.finish() }
            try await self.run(with: lane)
        }
    }

    /// Reads certificate and key for the connections to come, from these files; open connections go on as they are.
    /// Reads files and is not for an event loop.
    ///
    /// - Throws: `ServerTLSError` that names what is wrong; then everything stays as it is. Also before `run()` listens
    ///   and when the gateway runs without TLS.
    public func reload(_ tls: ServerTLS) throws(ServerTLSError) {
        guard let identity = state.withLock({ $0.identity }) else { throw .off }
        try identity.reload(tls)
        logger.info("certificates loaded", metadata: ["idempotency.certificate": "\(tls.certificateChain)"])
    }

    /// Reads certificate and key, if there are any.
    private func loadIdentity() throws(GatewayConfigurationError) -> TLSIdentity? {
        guard let tls = configuration.tls else { return nil }
        do throws(ServerTLSError) {
            let identity = try TLSIdentity(tls, speaksHTTP2: configuration.speaksHTTP2)
            state.withLock { $0.identity = identity }
            return identity
        } catch {
            throw .tls(error)
        }
    }

    private func run(with store: any SubmittingStore) async throws {
        let count = configuration.eventLoops > 0 ? configuration.eventLoops : System.coreCount
        let group = MultiThreadedEventLoopGroup(numberOfThreads: count)
        let clock = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            try await serve(on: group, clock: clock.next(), loops: count, store: store)
            // The clock first: it calls the others.
            try await clock.shutdownGracefully()
            try await group.shutdownGracefully()
        } catch {
            try? await clock.shutdownGracefully()
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private func serve(
        on group: MultiThreadedEventLoopGroup, clock: any EventLoop, loops count: Int, store: any SubmittingStore
    ) async throws {
        let census = Census(
            connectionLimit: configuration.limits.connections,
            addressLimit: configuration.limits.connectionsPerAddress)
        let shared = GatewayShared(
            configuration, store: store, observer: observer, census: census, identity: try loadIdentity(),
            logger: logger, loops: count)
        warnOfAnonymousCallers()
        let loops = try await LoopDirectory(shared, on: group)
        let ticking = loops.startTicking(by: clock)
        defer { ticking.cancel() }
        let server = try await Self.listen(on: group, loops: loops, shared: shared)
        let address = ListeningAddress(
            host: server.localAddress?.ipAddress ?? configuration.host,
            port: server.localAddress?.port ?? configuration.port)
        state.withLock { state in
            state.address = address
            state.isReady = true
        }
        logger.info(
            "gateway listens",
            metadata: ["idempotency.address": "\(address)", "idempotency.upstream": "\(configuration.upstream)"])
        onListening(address)
        try? await gracefulShutdown()
        state.withLock { $0.isReady = false }
        try? await server.close()
        await drain(loops, census)
        await loops.onEach { $0.breakOff() }
        await wait(for: census, atMost: Self.settlingTime)
        await loops.onEach { $0.stop() }
    }

    /// The usual soft limit of 1 024 descriptors is meant for programs that use `select`.
    private func makeRoomForConnections() {
        let wanted = configuration.limits.connections + configuration.limits.upstreamConnections + Self.otherDescriptors
        let limit = DescriptorLimit.raise()
        guard limit < wanted else { return }
        logger.warning(
            "the operating system allows fewer open files than connections are allowed; raise the limit (ulimit -n)",
            metadata: ["idempotency.limit": "\(limit)", "idempotency.wanted": "\(wanted)"])
    }

    /// Files of the store, event loops, the admin listener, with room to spare.
    private static let otherDescriptors = 256

    /// Callers without a credential can meet each other's keys where they share a scope; the operator is told.
    private func warnOfAnonymousCallers() {
        let isShared = configuration.policy.routes.contains { route in
            route.settings.requirement != .off && route.settings.scope.anonymous == .share
        }
        guard isShared else { return }
        logger.notice("callers without a credential share one scope of keys; --anonymous refuse turns them away")
    }

    private func drain(_ loops: LoopDirectory, _ census: Census) async {
        guard !Task.isCancelled else { return }
        await loops.onEach { $0.drain() }
        await wait(for: census, atMost: configuration.timeouts.drain)
        let left = census.counts
        if left.connections + left.exchanges > 0 {
            logger.warning(
                "gateway stops before all requests have ended",
                metadata: [
                    "idempotency.connections": "\(left.connections)", "idempotency.executions": "\(left.exchanges)",
                ])
        }
    }

    private func wait(for census: Census, atMost limit: Duration) async {
        await withTaskGroup { group in
            group.addTask { await census.emptied() }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    /// How long the store has to take the last writes: that some attempts are in doubt.
    private static let settlingTime = Duration.seconds(1)

    private static func listen(
        on group: MultiThreadedEventLoopGroup, loops: LoopDirectory, shared: GatewayShared
    ) async throws -> any Channel {
        try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let address = shared.countedAddress(of: channel.remoteAddress)
                    guard shared.census.enterConnection(from: address) else { throw ChannelError.ioOnClosedChannel }
                    channel.closeFuture.whenComplete { _ in shared.census.leaveConnection(from: address) }
                    try ServerPipeline.install(on: channel, loop: loops.loop(channel.eventLoop))
                }
            }
            .bind(host: shared.configuration.host, port: shared.configuration.port)
            .get()
    }
}

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
    struct State {
        var address: ListeningAddress?
        var isReady = false
        var identity: TLSIdentity?
        /// What is served by, as long as it serves.
        var serving: Serving?
        var isReloading = false
    }

    /// What a running gateway consists of.
    struct Serving {
        var plan: Plan
        let shared: GatewayShared
        let loops: LoopDirectory
    }

    private let configuration: GatewayConfiguration
    private let store: any RecordStore
    private let observer: any GatewayObserver
    private let onListening: @Sendable (ListeningAddress) -> Void
    private let directories: UpstreamDirectories
    let logger: Logger
    let state = Mutex(State())

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
        directories = UpstreamDirectories(
            upstreams: UpstreamDirectory(logger: logger) { observer.upstream($0) },
            inquiries: UpstreamDirectory(logger: logger) { _ in SilentUpstreamObserver() })
    }

    /// The address that it listens on, once it does; also after it has stopped.
    public var boundAddress: ListeningAddress? { state.withLock { $0.address } }

    /// Whether it accepts requests: from the moment that it listens until it is told to shut down.
    public var isReady: Bool { state.withLock { $0.isReady } }

    /// How its upstreams are; none before it runs.
    public var upstreams: [UpstreamStatus] { directories.upstreams.statuses }

    /// Serves until graceful shutdown, then drains. Cancellation ends it without waiting for what is in flight.
    ///
    /// - Throws: `GatewayConfigurationError` when it cannot start as it is configured, or what the operating system
    ///   says when the address cannot be listened on.
    public func run() async throws {
        let plan = try Plan(configuration)
        makeRoomForConnections()
        let quota = Quota(configuration.quota, of: store, retention: configuration.longestRetention, logger: logger)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { await quota.run() }
            if let store = store as? any SubmittingStore { return try await self.run(plan, with: store, quota) }
            let lane = StoreLane(store, limit: configuration.limits.storeExchanges)
            tasks.addTask { await lane.run() }
            defer { lane.finish() }
            try await self.run(plan, with: lane, quota)
        }
    }

    private func run(_ plan: Plan, with store: any SubmittingStore, _ quota: Quota) async throws {
        let lookout = Lookout(over: self.store)
        let count = configuration.eventLoops > 0 ? configuration.eventLoops : System.coreCount
        let group = MultiThreadedEventLoopGroup(numberOfThreads: count)
        let clock = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            let shared = GatewayShared(
                configuration.limits, store: store, observer: observer, directories: directories,
                identity: try loadIdentity(configuration), quota: quota, lookout: lookout, logger: logger, loops: count)
            try await serve(plan, shared, lookout, on: group, clock: clock.next())
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
        _ plan: Plan, _ shared: GatewayShared, _ lookout: Lookout?, on group: MultiThreadedEventLoopGroup,
        clock: any EventLoop
    ) async throws {
        warnOfAnonymousCallers(configuration)
        await directories.resolve(configuration)
        let loops = try await LoopDirectory(shared, plan, on: group)
        let ticking = loops.startTicking(by: clock)
        defer { ticking.cancel() }
        let server = try await Self.listen(configuration, on: group, loops: loops, shared: shared)
        let address = ListeningAddress(
            host: server.localAddress?.ipAddress ?? configuration.host,
            port: server.localAddress?.port ?? configuration.port)
        let serving = Serving(plan: plan, shared: shared, loops: loops)
        state.withLock { state in
            state.address = address
            state.isReady = true
            state.serving = serving
        }
        logger.info(
            "gateway listens",
            metadata: [
                "idempotency.address": "\(address)",
                "idempotency.upstream": "\(configuration.upstreams.map(\.description).joined(separator: " "))",
            ])
        onListening(address)
        await withTaskGroup { tasks in
            for monitor in monitors(loops, plan, on: group) { tasks.addTask { await monitor.run() } }
            if let lookout { tasks.addTask { await lookout.run(for: shared.room) } }
            try? await gracefulShutdown()
            state.withLock { $0.isReady = false }
            try? await server.close()
            await drain(loops, shared.census)
            tasks.cancelAll()
        }
        state.withLock { $0.serving = nil }
        await loops.onEach { $0.breakOff() }
        await wait(for: shared.census, atMost: Self.settlingTime)
        await loops.onEach { $0.stop() }
    }

    /// The usual soft limit of 1 024 descriptors is meant for programs that use `select`.
    private func makeRoomForConnections() {
        let tunnels = configuration.upgrades.isEmpty ? 0 : configuration.limits.tunnels
        let wanted =
            configuration.limits.connections + configuration.limits.upstreamConnections + tunnels
            + Self.otherDescriptors
        let limit = DescriptorLimit.raise()
        guard limit < wanted else { return }
        logger.warning(
            "the operating system allows fewer open files than connections are allowed; raise the limit (ulimit -n)",
            metadata: ["idempotency.limit": "\(limit)", "idempotency.wanted": "\(wanted)"])
    }

    /// Files of the store, event loops, the admin listener, with room to spare.
    private static let otherDescriptors = 256

    private func monitors(_ loops: LoopDirectory, _ first: Plan, on group: any EventLoopGroup) -> [UpstreamMonitor] {
        let present: @Sendable () -> Plan = { self.state.withLock { $0.serving?.plan } ?? first }
        let onChange: @Sendable () async -> Void = { await loops.onEach { $0.adoptAddresses() } }
        return [
            UpstreamMonitor(
                directories.upstreams, on: group, present: { .init(present(), over: \.transport, asking: true) },
                onChange: onChange),
            UpstreamMonitor(
                directories.inquiries, on: group,
                present: { .init(present(), over: \.inquiryTransport, asking: false) },
                onChange: onChange),
        ]
    }

    private func drain(_ loops: LoopDirectory, _ census: Census) async {
        guard !Task.isCancelled else { return }
        let limit = state.withLock { $0.serving?.plan.configuration.timeouts.drain } ?? configuration.timeouts.drain
        await loops.onEach { $0.drain() }
        await wait(for: census, atMost: limit)
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
        _ configuration: GatewayConfiguration, on group: MultiThreadedEventLoopGroup, loops: LoopDirectory,
        shared: GatewayShared
    ) async throws -> any Channel {
        try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let loop = loops.loop(channel.eventLoop)
                    let address = shared.countedAddress(
                        of: channel.remoteAddress, besides: loop.configuration.trustedProxies)
                    guard shared.census.enterConnection(from: address) else { throw ChannelError.ioOnClosedChannel }
                    channel.closeFuture.whenComplete { _ in shared.census.leaveConnection(from: address) }
                    try ServerPipeline.install(on: channel, loop: loop)
                }
            }
            .bind(host: configuration.host, port: configuration.port)
            .get()
    }
}

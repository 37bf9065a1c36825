import Idempotency
import IdempotencyHTTP
import Logging
import NIOSSL
import ServiceLifecycle
import Synchronization
import Testing

@testable import IdempotencyGateway

/// A gateway between real sockets, and an upstream behind it that the test controls.
struct Bench: Sendable {
    let gateway: Gateway
    let upstream: TestUpstream
    let events: EventLog
    /// What the gateway was started with.
    let configuration: GatewayConfiguration
    private let port: Int
    private let clients = ClientLog()

    /// A new client connection.
    func connect() async throws -> RawClient { clients.add(try await RawClient.connect(to: port)) }

    /// A new client connection with TLS.
    func connect(_ tls: NIOSSLContext) async throws -> RawClient {
        clients.add(try await RawClient.connect(to: port, tls: tls))
    }

    /// A new client connection that speaks HTTP/2, with these settings in its preface.
    func connectHTTP2(_ settings: [(UInt16, UInt32)] = []) async throws -> FrameClient {
        try await FrameClient(on: connect(), settings: settings)
    }

    /// One request on a connection of its own.
    func request(
        _ method: String, _ target: String, _ headers: [(String, String)] = [], body: String? = nil
    ) async throws -> RawClient.Answer {
        let client = try await connect()
        let answer = try await client.request(method, target, headers, body: body)
        await client.close()
        return answer
    }

    /// Runs a gateway for the time of `test`.
    ///
    /// - Parameters:
    ///   - store: Where the gateway keeps its records.
    ///   - change: Changes to the settings of all routes.
    ///   - configure: Changes to the configuration.
    ///   - upstream: What the server behind it does with each request.
    ///   - test: What happens meanwhile; `stop` begins the gateway's graceful shutdown.
    static func run(
        store: any RecordStore = MemoryStore(), settings change: (inout RouteSettings) throws -> Void = { _ in },
        configure: (inout GatewayConfiguration) throws -> Void = { _ in },
        upstream handler: @escaping TestUpstream.Handler,
        test: @escaping @Sendable (Bench, _ stop: @escaping @Sendable () async -> Void) async throws -> Void
    ) async throws {
        let upstream = try await TestUpstream.start(handler)
        var settings = RouteSettings()
        try change(&settings)
        var configuration = GatewayConfiguration(
            upstream: Origin(host: "127.0.0.1", port: upstream.port), policy: try GuardPolicy(defaults: settings))
        configuration.port = 0
        configuration.eventLoops = 2
        configuration.timeouts.drain = .seconds(5)
        try configure(&configuration)
        let started = configuration
        let (addresses, listening) = AsyncStream<ListeningAddress>.makeStream()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let events = EventLog()
        let gateway = Gateway(
            configuration: configuration, store: store, observer: events, logger: logger,
            onListening: { listening.yield($0) })
        let group = ServiceGroup(services: [gateway], logger: logger)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask {
                defer { listening.finish() }
                try await group.run()
            }
            guard let address = await addresses.first(where: { _ in true }) else {
                try await tasks.waitForAll()
                return
            }
            let bench = Bench(
                gateway: gateway, upstream: upstream, events: events, configuration: started, port: address.port)
            do {
                try await test(bench) { await group.triggerGracefulShutdown() }
            } catch {
                tasks.cancelAll()
                throw error
            }
            // A drain waits for clients that do not answer its farewell.
            await bench.clients.closeAll()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        await upstream.stop()
    }
}

/// Remembers the connections of clients.
private final class ClientLog: Sendable {
    private let clients = Mutex([RawClient]())

    func add(_ client: RawClient) -> RawClient {
        clients.withLock { $0.append(client) }
        return client
    }

    func closeAll() async {
        for client in clients.withLock({ $0 }) { await client.close() }
    }
}

/// Remembers how requests ended.
final class EventLog: GatewayObserver {
    private let events = Mutex([GatewayEvent]())
    private let late = Mutex([LateAnswer]())

    /// The outcomes so far, in order.
    var outcomes: [GatewayEvent.Outcome] { events.withLock { $0.map(\.outcome) } }

    /// What became of the exchanges that were given up, in order.
    var lateAnswers: [LateAnswer] { late.withLock { $0 } }

    /// Waits until that many have come to their end.
    func lateAnswers(_ count: Int) async throws {
        try await poll { lateAnswers.count >= count }
    }

    func lateAnswer(_ end: LateAnswer) { late.withLock { $0.append(end) } }

    func requestEnded(_ event: GatewayEvent) { events.withLock { $0.append(event) } }
}

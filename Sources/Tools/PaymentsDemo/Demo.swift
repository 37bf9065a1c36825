import Foundation
import Idempotency
import IdempotencyGateway
import IdempotencySQLite
public import Logging
public import ServiceLifecycle

/// The demonstration: a payments service behind the gateway, an unreliable network in front of it, and a page to try
/// what happens to a payment on the way, with idempotency keys and without.
///
///     browser ──▶ network ──▶ gateway ──▶ door ──▶ payments service
///                                                     (a process of its own)
///
/// The door holds requests while the service is started again after a crash.
public struct Demo: Service {
    private let configuration: Configuration
    private let logger: Logger

    /// Makes the demonstration; nothing happens before ``run()``.
    public init(configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Runs until a graceful shutdown; then answers what is under way, ends the payments service, and removes the
    /// files unless they were asked to stay.
    ///
    /// - Throws: ``DemoError`` if it cannot start; what ``Configuration/openStore`` throws.
    public func run() async throws {
        let folder = try DemoFolder(path: configuration.dataFolder)
        defer { folder.remove() }
        let opened = try await openStore(in: folder)
        do {
            try await run(in: folder, store: opened.store)
            await opened.close()
        } catch {
            await opened.close()
            throw error
        }
    }

    private func openStore(in folder: DemoFolder) async throws -> DemoStore {
        if let open = configuration.openStore { return try await open(logger) }
        var storing = SQLiteStore.Configuration()
        storing.orphansLapseAtOnce = false  // as in every gateway that asks: the service may go on without it
        let store = try await SQLiteStore.open(folder.storePath, configuration: storing, logger: logger)
        return DemoStore(store) { await store.close() }
    }

    private func run(in folder: DemoFolder, store: any RecordStore) async throws {
        let supervisor = Supervisor(
            arguments: { [makeArguments = configuration.serviceArguments] port in
                makeArguments(port, folder.ledgerPath)
            },
            executable: configuration.executable, logger: logger)
        try await supervisor.whileRunning { servicePort in
            let door = try await Network.bind(
                host: "127.0.0.1", port: 0, upstreamPort: servicePort, patience: Self.restartPatience, logger: logger)
            try await serve(through: door, store: store)
        }
    }

    private func serve(through door: Network, store: any RecordStore) async throws {
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let gateway = try Self.makeGateway(upstreamPort: door.port, store: store, logger: logger) {
            continuation.yield($0)
        }
        try await withThrowingTaskGroup { group in
            group.addTask { try await door.run() }
            group.addTask {
                defer { continuation.finish() }
                try await gateway.run()
            }
            if let gatewayPort = await ports.first(where: { _ in true }) {
                let network = try await Network.bind(
                    host: configuration.host, port: configuration.port, upstreamPort: gatewayPort, logger: logger)
                group.addTask { try await network.run() }
                configuration.announce(network.port)
            }
            try await group.waitForAll()
        }
    }

    /// The service is back within half a second; ten times that is for a machine under load.
    private static let restartPatience = Duration.seconds(5)
}

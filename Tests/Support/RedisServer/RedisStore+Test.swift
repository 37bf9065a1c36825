package import IdempotencyRedis
package import Logging

extension RedisServer {
    /// Where a store finds the server.
    package var place: RedisStore.Servers { .server(host: "127.0.0.1", port: port) }

    /// Opens a store in the server.
    ///
    /// - Parameters:
    ///   - port: That of a proxy in front of it, if the store is to go through one.
    ///   - change: What the store is to do otherwise than usual.
    package func open(
        through port: Int? = nil, logger: Logger? = nil,
        _ change: (inout RedisStore.Configuration) -> Void = { _ in }
    ) async throws -> RedisStore {
        var configuration = RedisStore.Configuration()
        // The machine may be busy with other tests.
        configuration.timeout = .seconds(20)
        configuration.connectTimeout = .seconds(10)
        change(&configuration)
        return try await RedisStore.open(
            .server(host: "127.0.0.1", port: port ?? self.port), configuration: configuration,
            logger: logger ?? Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }
}

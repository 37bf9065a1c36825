import Idempotency
import IdempotencyPostgres
import PostgresTestServer
import StoreTestParts

extension PostgresStore {
    /// Opens a store for a test.
    static func test(
        _ url: String, _ change: (inout Configuration) -> Void = { _ in }
    ) async throws -> PostgresStore {
        var configuration = Configuration()
        configuration.connections = 2
        change(&configuration)
        return try await open(url, configuration: configuration, logger: silent)
    }

    /// Uses stores that share an empty schema of the shared server.
    static func use(
        _ count: Int = 1, _ change: @escaping (inout Configuration) -> Void = { _ in },
        _ body: ([PostgresStore], TestPlace) async throws -> Void
    ) async throws {
        try await SharedServer.withSchema { url, server in
            var stores: [PostgresStore] = []
            for _ in 0..<count { stores.append(try await test(url, change)) }
            try await body(stores, TestPlace(server: server, url: url))
            for store in stores { await store.close() }
        }
    }
}

/// Where the tables of a test are.
struct TestPlace: Sendable {
    let server: PostgresServer
    let url: String

    /// The schema in the URL.
    var schema: String { String(url.split(separator: "%3D").last ?? "public") }

    /// The URL through another port.
    func url(port: Int) -> String { server.url(schema: schema, port: port) }

    /// Carries out statements in the schema.
    @discardableResult
    func execute(_ sql: String) async throws -> String { try await server.execute(sql, schema: schema) }
}

/// Waits until something is so, for ten seconds at most.
func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw Impatience(what: what) }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// Something that did not come about.
struct Impatience: Error {
    let what: String
}

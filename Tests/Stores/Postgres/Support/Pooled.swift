import IdempotencyPostgres
import PostgresTestServer
import StoreTestParts

/// Stores that share an empty database behind a pooler.
struct Pooled: Sendable {
    let server: PostgresServer
    let pooler: Pooler
    let database: String

    /// The address of the database through the pooler, or through another port that leads there.
    func url(port: Int? = nil) -> String { "postgres://once@127.0.0.1:\(port ?? pooler.port)/\(database)" }

    /// Carries out statements beside the pooler.
    @discardableResult
    func execute(_ sql: String) async throws -> String { try await server.execute(sql, database: database) }

    /// Carries out statements through the pooler, as any other program would.
    func executeThrough(_ sql: String) async throws -> String {
        try await server.execute(sql, url: url())
    }

    /// Starts a pooler before the shared server, or before something that leads there.
    static func use(
        _ mode: Pooler.Mode, before port: Int? = nil, _ settings: [String: String] = [:],
        _ body: (Pooled) async throws -> Void
    ) async throws {
        try await SharedServer.withDatabase { database, server in
            let pooler = try await Pooler(mode, before: port ?? server.port, settings)
            try await body(Pooled(server: server, pooler: pooler, database: database))
            await pooler.stop()
        }
    }
}

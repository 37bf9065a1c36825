import Idempotency
import IdempotencyPostgres
import IdempotencyRedis
import IdempotencyTiered
import PostgresTestServer
import RedisTestParts
import StoreTestParts

typealias ServerTiers = TieredStore<RedisStore, PostgresStore>

extension TieredStore where Front == RedisStore, Base == PostgresStore {
    /// Uses stores that share an empty Redis server of their own, and an empty schema of the shared PostgreSQL server.
    static func useServers(
        _ count: Int = 1, _ body: ([ServerTiers], RedisServer) async throws -> Void
    ) async throws {
        let redis = try await RedisServer.start(.never)
        try await SharedServer.withSchema { url, _ in
            var configuration = PostgresStore.Configuration()
            configuration.connections = 2
            var stores: [ServerTiers] = []
            for _ in 0..<count {
                let base = try await PostgresStore.open(url, configuration: configuration, logger: silent)
                stores.append(ServerTiers(front: try await redis.open(), base: base, logger: silent))
            }
            try await body(stores, redis)
            for store in stores {
                await store.front.close()
                await store.base.close()
            }
        }
    }
}

import Idempotency
import IdempotencyPostgres
import IdempotencyRedis
import IdempotencyTiered
import PostgresTestServer
import RedisTestParts
import StoreTestParts
import Testing

/// A Redis Cluster of six processes in front of PostgreSQL.
@Suite("Tiers: a cluster in front") struct ClusterTests {
    @Test("When a primary of the cluster is killed, every outcome stays, whatever its replica knows, and work goes on")
    func failover() async throws {
        let cluster = try await RedisCluster.start()
        try await SharedServer.withSchema { url, _ in
            let base = try await PostgresStore.open(url, logger: silent)
            let tiers = ServerTiers(front: try await cluster.open(), base: base, logger: silent)
            for number in 0..<60 { try await Self.execute(number, in: tiers) }
            cluster.primaries()[1].crash()
            for number in 60..<120 { try await Self.execute(number, in: tiers) }
            for number in 0..<120 {
                // Somebody else's retry is told the first outcome.
                let reply = try await tiers.persisting(.claim(.test(number), .test(1000)))
                let record = try #require(reply.record)
                #expect(record.owner == .test(number) && record.outcomeBytes != nil, "key \(number)")
            }
            await tiers.front.close()
            await base.close()
        }
    }

    /// Claims and completes a key, however often it takes.
    private static func execute(_ number: Int, in tiers: ServerTiers) async throws {
        let claimed = try await tiers.persisting(.claim(.test(number), .test(number)))
        let record = try #require(claimed.record)
        #expect(record.owner == .test(number))
        let ended = try await tiers.persisting(.complete(.test(number), record))
        #expect(ended.record?.outcomeBytes != nil)
    }
}

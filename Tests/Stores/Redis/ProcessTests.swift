import Idempotency
import RedisTestParts
import StoreTestParts
import Testing

@testable import IdempotencyRedis

/// Several processes on one server.
@Suite struct ProcessTests {
    @Test("Of two processes that claim the same keys each key goes to exactly one")
    func races() async throws {
        let server = try await RedisServer.start(.never)
        let peers = [
            try Peer("race", "redis:\(server.port)", "1", "300"), try Peer("race", "redis:\(server.port)", "2", "300"),
        ]
        var won = 0
        for peer in peers { won += await peer.line().flatMap { Int($0) } ?? -1000 }
        for peer in peers { await peer.finish() }
        #expect(won == 300)
    }

    @Test("What a killed process has claimed is running until its lease is over, and belongs to it")
    func killedProcess() async throws {
        let server = try await RedisServer.start(.never)
        let peer = try Peer("hold", "redis:\(server.port)", "7")
        #expect(await peer.line() == "held")
        await peer.kill()
        let store = try await server.open()
        #expect(try await store.counts() == RecordCounts(running: 1))
        await store.close()
    }
}

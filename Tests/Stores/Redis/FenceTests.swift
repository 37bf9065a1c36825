import Idempotency
import RedisTestParts
import StoreTestParts
import Testing

@testable import IdempotencyRedis

/// Fences grow, whatever becomes of the record and of the server.
@Suite struct FenceTests {
    private func claim(_ store: RedisStore, _ owner: Int) async throws -> Fence {
        try #require(try await store.exchange(.claim(.test(1), .test(owner))).record).fence
    }

    @Test("A released key remembers its fence, for as long as it is told to")
    func release() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open { $0.fenceMemory = .seconds(30) }
        let key = context(store).key(.test(1))
        // As if the server's clock had been an hour ahead.
        var last = try await claim(store, 1)
        let ahead = Fence(last.number + 3_600_000_000)
        try setFence(ahead, of: key, server)
        for owner in 1...3 {
            _ = try await store.exchange(Exchange(.test(1), expecting: .running(.test(owner)), next: nil))
            let time = try server.send("PTTL", key).number ?? -9
            #expect(time > 20_000 && time <= 30_000, "\(time)")
            last = try await claim(store, owner + 1)
            #expect(last.number == ahead.number + UInt64(owner))
            #expect(try server.send("PTTL", key) == .integer(-1))
        }
        await store.close()
    }

    @Test("A record outlives its retention by the memory of fences, and counts as expired meanwhile")
    func expiry() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open { $0.fenceMemory = .seconds(30) }
        let key = context(store).key(.test(1))
        let record = try #require(try await store.execute(1, retention: .milliseconds(20)))
        let ahead = Fence(record.fence.number + 3_600_000_000)
        try setFence(ahead, of: key, server)
        try await Task.sleep(for: .milliseconds(30))
        let time = try server.send("PTTL", key).number ?? -9
        #expect(time > 20_000 && time <= 30_000, "\(time)")
        #expect(try await store.record(.test(1)).record == nil)
        #expect(try await store.counts() == RecordCounts(expired: 1))
        #expect(try await claim(store, 2).number == ahead.number + 1)
        await store.close()
    }

    @Test("Running and in-doubt records have no end in the server")
    func noEnd() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open()
        let key = context(store).key(.test(1))
        let record = try #require(try await store.exchange(.claim(.test(1), .test(1))).record)
        #expect(try server.send("PTTL", key) == .integer(-1))
        let doubt = Exchange(
            .test(1), expecting: .running(.test(1)), next: Draft(record, state: .inDoubt(.unknownEnd)))
        _ = try await store.exchange(doubt)
        #expect(try server.send("PTTL", key) == .integer(-1))
        await store.close()
    }

    @Test("When the server has lost everything, the next fence is higher all the same")
    func lostData() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open()
        let before = try await claim(store, 1)
        server.crash()
        try await server.launch()
        try await store.waitUntilAnswered()
        #expect(try await claim(store, 2) > before)
        await store.close()
    }

    private func context(_ store: RedisStore) -> KeySpace { store.context.encoding.keys }

    private func setFence(_ fence: Fence, of key: String, _ server: RedisServer) throws {
        // Eight bytes at their place; the script reads them from there.
        let script = "return redis.call('SETRANGE', KEYS[1], 22, struct.pack('>I8', ARGV[1]))"
        let reply = try server.send("EVAL", script, "1", key, "\(fence.number)")
        #expect(reply.number != nil)
    }
}

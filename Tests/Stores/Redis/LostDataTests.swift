import Idempotency
import RedisTestParts
import StoreTestParts
import Testing

@testable import IdempotencyRedis

/// Scenarios 29 and 35: a server that comes back without what it had acknowledged is found out.
@Suite struct LostDataTests {
    @Test("Scenario 29: a server that came back empty is reported, and with a quarantine takes no new key")
    func empty() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open { $0.quarantine = .seconds(3) }
        _ = try await store.execute(1)
        server.crash()
        try await server.launch()
        try await store.waitUntilAnswered()
        #expect(store.statistics.losses == 1)
        let error = await store.failure(.claim(.test(1), .test(2)))
        #expect(error?.code == .unavailable)
        #expect(error?.effect == .notApplied)
        #expect(error?.message.contains("quarantine") == true)
        // Whoever comes later is told too.
        let other = try await server.open()
        #expect(await other.failure(.claim(.test(5), .test(2)))?.message.contains("quarantine") == true)
        for _ in 0..<100 where await store.failure(.claim(.test(1), .test(2))) != nil {
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(try await store.record(.test(1)).record?.owner == .test(2))
        await other.close()
        await store.close()
    }

    @Test("In a quarantine keys that are still there are answered, completed and released")
    func quarantine() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open {
            $0.quarantine = .seconds(3600)
            $0.beat = .milliseconds(50)
        }
        let running = try #require(try await store.exchange(.claim(.test(1), .test(1))).record)
        _ = try await store.execute(2)
        try server.send("DEL", "once:server")
        for _ in 0..<100 where store.statistics.losses == 0 { try await Task.sleep(for: .milliseconds(20)) }
        #expect(await store.failure(.claim(.test(3), .test(3)))?.message.contains("quarantine") == true)
        #expect(try await store.exchange(.claim(.test(2), .test(9))).record?.owner == .test(2))
        #expect(try await store.exchange(.complete(.test(1), running)).isStored)
        await store.close()
    }

    @Test("Scenario 29: without a quarantine the loss is reported once, and work goes on")
    func noQuarantine() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open()
        _ = try await store.execute(1)
        server.crash()
        try await server.launch()
        try await store.waitUntilAnswered()
        #expect(store.statistics.losses == 1)
        #expect(try await store.exchange(.claim(.test(1), .test(2))).isStored)
        await store.close()
    }

    @Test("Scenario 35: a server that came back with older data is found out")
    func olderData() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open { $0.beat = .milliseconds(20) }
        _ = try await store.execute(1)
        try server.send("SAVE")
        _ = try await store.execute(2)
        // Until at least one more beat is acknowledged, the loss cannot be known.
        try await Task.sleep(for: .milliseconds(200))
        server.crash()
        try await server.launch()
        try await store.waitUntilAnswered()
        #expect(store.statistics.losses == 1)
        #expect(try await store.record(.test(1)).record != nil)
        #expect(try await store.record(.test(2)).record == nil)
        await store.close()
    }

    @Test("A server that somebody else has filled anew meanwhile is found out")
    func otherStore() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open { $0.beat = .seconds(3600) }
        try server.send("FLUSHALL")
        let other = try await server.open()
        #expect(other.statistics.losses == 0)
        // The old one looks when it connects anew.
        try server.send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        try await store.waitUntilAnswered()
        #expect(store.statistics.losses == 1)
        await other.close()
        await store.close()
    }

    @Test("A restart that loses nothing is no loss")
    func restart() async throws {
        let server = try await RedisServer.start(.everyWrite)
        let store = try await server.open {
            $0.quarantine = .seconds(3600)
            $0.beat = .milliseconds(20)
        }
        _ = try await store.execute(1)
        for _ in 0..<3 {
            try await Task.sleep(for: .milliseconds(50))
            server.crash()
            try await server.launch()
            try await store.waitUntilAnswered()
        }
        #expect(store.statistics.losses == 0)
        #expect(store.statistics.connections == 4)
        #expect(try await store.exchange(.claim(.test(2), .test(2))).isStored)
        await store.close()
    }

    @Test("A store that is closed leaves no count of its own behind")
    func farewell() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open()
        #expect(try server.send("HLEN", "once:server") == .integer(4))
        await store.close()
        #expect(try server.send("HLEN", "once:server") == .integer(3))
    }
}

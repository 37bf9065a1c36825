import Idempotency
import RedisTestParts
import StoreTestParts
import Testing

@testable import IdempotencyRedis

/// Those who wait hear of what other instances have done.
@Suite struct WakingTests {
    /// How long a wait of at most ten seconds took, while `body` ran.
    private func wait(
        _ store: RedisStore, _ id: RecordID, while body: @escaping @Sendable () async throws -> Void
    ) async throws -> Duration {
        let start = ContinuousClock.now
        async let change: Void = store.change(of: id, within: .seconds(10))
        try await body()
        await change
        return ContinuousClock.now - start
    }

    @Test("A completion in another instance wakes at once")
    func completion() async throws {
        let server = try await RedisServer.start(.never)
        let (store, other) = (try await server.open(), try await server.open())
        for number in 0..<20 {
            let record = try #require(try await other.exchange(.claim(.test(number), .test(1))).record)
            let time = try await wait(store, .test(number)) {
                if number.isMultiple(of: 2) { try await Task.sleep(for: .milliseconds(30)) }
                _ = try await other.exchange(.complete(.test(number), record))
            }
            #expect(time < .seconds(5), "key \(number)")
        }
        await store.close()
        await other.close()
    }

    @Test("A release and a doubt wake too, a renewal does not")
    func others() async throws {
        let server = try await RedisServer.start(.never)
        let (store, other) = (try await server.open(), try await server.open())
        let record = try #require(try await other.exchange(.claim(.test(1), .test(1))).record)
        let renewal = Exchange(
            .test(1), expecting: .running(.test(1)), next: Draft(record, state: .running(lease: .seconds(30))))
        let start = ContinuousClock.now
        async let renewed: Void = store.change(of: .test(1), within: .milliseconds(400))
        try await Task.sleep(for: .milliseconds(100))
        _ = try await other.exchange(renewal)
        await renewed
        #expect(ContinuousClock.now - start >= .milliseconds(400))
        let doubt = Exchange(
            .test(1), expecting: .running(.test(1)), next: Draft(record, state: .inDoubt(.unknownEnd)))
        #expect(try await wait(store, .test(1)) { _ = try await other.exchange(doubt) } < .seconds(5))
        _ = try await other.exchange(.claim(.test(2), .test(2)))
        let release = Exchange(.test(2), expecting: .running(.test(2)), next: nil)
        #expect(try await wait(store, .test(2)) { _ = try await other.exchange(release) } < .seconds(5))
        await store.close()
        await other.close()
    }

    @Test("A change before the subscription, and one between two waits, is not missed")
    func earlyChanges() async throws {
        let server = try await RedisServer.start(.never)
        let (store, other) = (try await server.open(), try await server.open())
        try await other.execute(1)
        #expect(try await wait(store, .test(1)) {} < .seconds(5))
        let record = try #require(try await other.exchange(.claim(.test(2), .test(2))).record)
        // Subscribed, and nobody waits.
        await store.change(of: .test(2), within: .milliseconds(200))
        _ = try await other.exchange(.complete(.test(2), record))
        try await Task.sleep(for: .milliseconds(200))
        #expect(try await wait(store, .test(2)) {} < .seconds(5))
        await store.close()
        await other.close()
    }

    @Test("All who wait for a key are woken, and its subscription ends afterwards")
    func several() async throws {
        let server = try await RedisServer.start(.never)
        let (store, other) = (try await server.open(), try await server.open())
        let record = try #require(try await other.exchange(.claim(.test(1), .test(1))).record)
        async let first = wait(store, .test(1)) {}
        async let second = wait(store, .test(1)) {}
        try await Task.sleep(for: .milliseconds(200))
        _ = try await other.exchange(.complete(.test(1), record))
        let times = try await [first, second]
        #expect(times.allSatisfy { $0 < .seconds(5) })
        let channel = "once:\(RecordID.test(1))"
        for _ in 0..<100 where try server.send("PUBSUB", "NUMSUB", channel) != .array([.text(channel), .integer(0)]) {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try server.send("PUBSUB", "NUMSUB", channel) == .array([.text(channel), .integer(0)]))
        await store.close()
        await other.close()
    }

    @Test("Whoever comes before a subscription ends keeps it, and a change wakes once")
    func comesBack() async throws {
        let server = try await RedisServer.start(.never)
        let (store, other) = (try await server.open(), try await server.open())
        let first = try #require(try await other.exchange(.claim(.test(1), .test(1))).record)
        let second = try #require(try await other.exchange(.claim(.test(2), .test(2))).record)
        for number in 1...2 { await store.change(of: .test(number), within: .milliseconds(100)) }
        // The subscriptions of these waits would end after two seconds.
        async let time = wait(store, .test(1)) {
            try await Task.sleep(for: .milliseconds(2500))
            _ = try await other.exchange(.complete(.test(1), first))
        }
        _ = try await other.exchange(.complete(.test(2), second))
        try await Task.sleep(for: .milliseconds(200))
        #expect(try await wait(store, .test(2)) {} < .seconds(5))
        let start = ContinuousClock.now
        await store.change(of: .test(2), within: .milliseconds(300))
        #expect(ContinuousClock.now - start >= .milliseconds(300))
        #expect(try await time < .seconds(6))
        await store.close()
        await other.close()
    }

    @Test("A subscription outlives the connection that it was made on")
    func reconnect() async throws {
        let server = try await RedisServer.start(.never)
        let (store, other) = (try await server.open(), try await server.open())
        let record = try #require(try await other.exchange(.claim(.test(1), .test(1))).record)
        let time = try await wait(store, .test(1)) {
            try await Task.sleep(for: .milliseconds(100))
            try server.send("CLIENT", "KILL", "TYPE", "pubsub")
            try await Task.sleep(for: .milliseconds(300))
            try await other.waitUntilAnswered()
            _ = try await other.exchange(.complete(.test(1), record))
        }
        #expect(time < .seconds(5))
        await store.close()
        await other.close()
    }

    @Test("Subscriptions end some time after the last waiter has gone")
    func unsubscription() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open()
        _ = try await store.exchange(.claim(.test(1), .test(1)))
        async let change: Void = store.change(of: .test(1), within: .seconds(1))
        let channel = "once:\(RecordID.test(1))"
        for _ in 0..<100 where try server.send("PUBSUB", "NUMSUB", channel) != .array([.text(channel), .integer(1)]) {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(try server.send("PUBSUB", "NUMSUB", channel) == .array([.text(channel), .integer(1)]))
        await change
        for _ in 0..<100 where try server.send("PUBSUB", "NUMSUB", channel) != .array([.text(channel), .integer(0)]) {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try server.send("PUBSUB", "NUMSUB", channel) == .array([.text(channel), .integer(0)]))
        await store.close()
    }

    @Test("A cancelled wait ends, and a closed store keeps nobody waiting")
    func endings() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open()
        _ = try await store.exchange(.claim(.test(1), .test(1)))
        let start = ContinuousClock.now
        let waiting = Task { await store.change(of: .test(1), within: .seconds(10)) }
        try await Task.sleep(for: .milliseconds(50))
        waiting.cancel()
        await waiting.value
        async let closed: Void = store.change(of: .test(1), within: .seconds(10))
        try await Task.sleep(for: .milliseconds(50))
        await store.close()
        await closed
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test("Where nothing is announced, only the limit ends a wait")
    func silence() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open { $0.announces = false }
        let record = try #require(try await store.exchange(.claim(.test(1), .test(1))).record)
        let start = ContinuousClock.now
        async let change: Void = store.change(of: .test(1), within: .milliseconds(300))
        _ = try await store.exchange(.complete(.test(1), record))
        await change
        #expect(ContinuousClock.now - start >= .milliseconds(300))
        await store.close()
    }
}

import Idempotency
import RedisTestParts
import StoreTestParts
import Testing

@testable import IdempotencyRedis

/// Scenario 27: replicas, failovers, and what they do to promises.
@Suite struct ReplicationTests {
    @Test("A replica is refused, and a primary that became one is left")
    func replicas() async throws {
        let primary = try await RedisServer.start(.never, "--repl-diskless-sync-delay", "0")
        let replica = try await RedisServer.startReplica(of: primary)
        let error = await #expect(throws: StoreError.self) { _ = try await replica.open() }
        #expect(error?.message.contains("replica") == true)
        let store = try await primary.open { $0.connectTimeout = .seconds(3) }
        try primary.send("REPLICAOF", "127.0.0.1", "\(replica.port)")
        let refused = await store.failure(.claim(.test(1), .test(1)))
        #expect(refused?.code == .unavailable)
        #expect(refused?.effect == .notApplied)
        // The connection is given up, so that the next one may lead to the new primary.
        for _ in 0..<200 where store.statistics.disconnections == 0 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(store.statistics.disconnections > 0)
        await store.close()
    }

    @Test("With replicas demanded, a write is answered when they have it")
    func acknowledged() async throws {
        let primary = try await RedisServer.start(.never, "--repl-diskless-sync-delay", "0")
        let replica = try await RedisServer.startReplica(of: primary)
        let store = try await primary.open { $0.replicas = .init(1, within: .seconds(10)) }
        #expect(store.promise.contains("1 replica"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask {
                    let record = try await store.execute(number)
                    // It is answered, so it is there.
                    let found = try replica.send("EXISTS", "once:\(RecordID.test(number))")
                    #expect(record != nil && found == .integer(1))
                }
            }
            try await group.waitForAll()
        }
        await store.close()
    }

    @Test("Scenario 27: too few replicas make a write unknown, a repetition too, until there are enough")
    func tooFew() async throws {
        let primary = try await RedisServer.start(.never, "--repl-diskless-sync-delay", "0")
        let replica = try await RedisServer.startReplica(of: primary)
        let store = try await primary.open { $0.replicas = .init(1, within: .milliseconds(100)) }
        replica.pause()
        for _ in 0..<2 {
            let error = await store.failure(.claim(.test(1), .test(1)))
            #expect(error?.code == .unavailable)
            #expect(error?.effect == .unknown)
        }
        // On a new connection too: WAIT alone would count what that one has written, which is nothing.
        try primary.send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        try await store.waitUntilAnswered()
        #expect(await store.failure(.claim(.test(1), .test(1)))?.effect == .unknown)
        // What others have is told all the same, and nothing is there where nothing was written.
        #expect(try await store.exchange(.claim(.test(1), .test(2))).record?.owner == .test(1))
        replica.resume()
        var reply: ExchangeReply?
        for _ in 0..<100 where reply == nil {
            reply = try? await store.exchange(.claim(.test(1), .test(1)))
        }
        #expect(reply?.isStored == false)
        #expect(reply?.record?.owner == .test(1))
        await store.close()
    }

    @Test("Scenario 27: a replica that is promoted while its primary lives grants the same key again")
    func doubleGrant() async throws {
        let primary = try await RedisServer.start(.never, "--repl-diskless-sync-delay", "0")
        let replica = try await RedisServer.startReplica(of: primary)
        let old = try await primary.open()
        try replica.send("REPLICAOF", "NO", "ONE")
        let new = try await replica.open()
        let first = try await old.exchange(.claim(.test(1), .test(1)))
        let second = try await new.exchange(.claim(.test(1), .test(2)))
        // This is the double grant that docs/REDIS.md tells of; the systems behind can tell the two by their fences.
        #expect(first.isStored)
        #expect(second.isStored)
        #expect(try #require(second.record).fence > #require(first.record).fence)
        await old.close()
        await new.close()
    }

    @Test("Scenario 27: with a replica demanded, the side that was left alone answers nobody that it has granted")
    func noDoubleGrant() async throws {
        let primary = try await RedisServer.start(.never, "--repl-diskless-sync-delay", "0")
        let replica = try await RedisServer.startReplica(of: primary)
        let old = try await primary.open { $0.replicas = .init(1, within: .milliseconds(100)) }
        try replica.send("REPLICAOF", "NO", "ONE")
        let new = try await replica.open()
        let first = await old.failure(.claim(.test(1), .test(1)))
        #expect(first?.effect == .unknown)
        #expect(try await new.exchange(.claim(.test(1), .test(2))).isStored)
        await old.close()
        await new.close()
    }

    @Test("After a failover the sentinels lead to the new primary, and what was replicated is there")
    func sentinels() async throws {
        let group = try await RedisSentinels.start()
        let store = try await group.open()
        let fence = try #require(try await store.execute(1)).fence
        for _ in 0..<200 where try group.replica.send("EXISTS", "once:\(RecordID.test(1))") != .integer(1) {
            try await Task.sleep(for: .milliseconds(10))
        }
        group.primary.crash()
        group.sentinels[0].crash()
        try await store.waitUntilAnswered()
        #expect(try await store.exchange(.claim(.test(1), .test(2))).record?.fence == fence)
        #expect(try await store.exchange(.claim(.test(2), .test(2))).isStored)
        #expect(try group.replica.send("EXISTS", "once:\(RecordID.test(2))") == .integer(1))
        await store.close()
    }

    @Test("Sentinels may have a password of their own; a wrong one, and none, are told")
    func sentinelPassword() async throws {
        let primary = try await RedisServer.start(.never, "--requirepass", "servers")
        let sentinel = try await RedisServer.start(
            [
                "--requirepass", "sentinels", "--sentinel", "monitor", "main", "127.0.0.1", "\(primary.port)", "1",
                "--sentinel", "auth-pass", "main", "servers",
            ], isSentinel: true)
        func open(_ password: String?) async throws -> RedisStore {
            var configuration = RedisStore.Configuration()
            configuration.connectTimeout = .seconds(10)
            configuration.password = "servers"
            configuration.sentinelPassword = password
            return try await RedisStore.open(
                .sentinels([.init(host: "127.0.0.1", port: sentinel.port)], primary: "main"),
                configuration: configuration, logger: silent)
        }
        let store = try await open("sentinels")
        #expect(try await store.exchange(.claim(.test(1), .test(1))).isStored)
        await store.close()
        for wrong in ["servers", nil] {
            let error = await #expect(throws: StoreError.self) { await (try open(wrong)).close() }
            #expect(error?.code == .misuse)
            #expect(error?.message.contains("\"main\"") == true, "\(error?.message ?? "")")
        }
    }

    @Test("A name that the sentinels do not know is told")
    func unknownName() async throws {
        let sentinel = try await RedisServer.start([], isSentinel: true)
        let error = await #expect(throws: StoreError.self) {
            _ = try await RedisStore.open(
                .sentinels([.init(host: "127.0.0.1", port: sentinel.port)], primary: "nobody"), logger: silent)
        }
        #expect(error?.message.contains("\"nobody\"") == true)
        #expect(error?.code == .misuse)
    }
}

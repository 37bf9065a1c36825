import Idempotency
import RedisTestParts
import StoreTestParts
import Testing

@testable import IdempotencyRedis

/// Scenarios 26 and 28: what a server refuses, and what it forgets.
@Suite struct ServerTroubleTests {
    @Test("Scenario 26: a server that would evict keys is refused, and used when that is accepted")
    func eviction() async throws {
        let server = try await RedisServer.start(.never, "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru")
        let error = await #expect(throws: StoreError.self) { _ = try await server.open() }
        #expect(error?.code == .misuse)
        #expect(error?.message.contains("allkeys-lru") == true)
        let store = try await server.open { $0.acceptsEviction = true }
        _ = try await store.execute(1)
        await store.close()
    }

    @Test("A server that may lose what it acknowledged is warned about, unless that is accepted")
    func weakPersistence() async throws {
        for (persistence, accepted) in [
            (RedisServer.Persistence.everySecond, false), (.everySecond, true), (.everyWrite, false),
        ] {
            let server = try await RedisServer.start(persistence)
            let journal = Journal()
            await (try server.open(logger: journal.logger) { $0.acceptsWeakPersistence = accepted }).close()
            let isWeak = persistence == .everySecond && !accepted
            #expect(journal.warnings.isEmpty == !isWeak, "\(persistence), \(accepted): \(journal.text)")
        }
    }

    @Test("A server whose settings cannot be read is refused, and used when that is accepted")
    func hiddenSettings() async throws {
        let server = try await RedisServer.start(.everyWrite, "--rename-command", "CONFIG", "")
        let error = await #expect(throws: StoreError.self) { _ = try await server.open() }
        #expect(error?.message.contains("acceptsHiddenSettings") == true)
        let store = try await server.open { $0.acceptsHiddenSettings = true }
        #expect(store.promise.contains("does not tell"))
        await store.close()
    }

    @Test("Scenario 26: without memory new keys are refused, duplicates are answered, and what runs is completed")
    func outOfMemory() async throws {
        let server = try await RedisServer.start(.never, "--maxmemory-policy", "noeviction")
        let store = try await server.open()
        _ = try await store.execute(1)
        let running = try #require(try await store.exchange(.claim(.test(2), .test(2))).record)
        try server.send("CONFIG", "SET", "maxmemory", "1mb")
        let error = await store.failure(.claim(.test(3), .test(3)))
        #expect(error?.code == .full)
        #expect(error?.effect == .notApplied)
        #expect(try await store.record(.test(3)).record == nil)
        #expect(try await store.exchange(.claim(.test(1), .test(9))).record?.owner == .test(1))
        #expect(try await store.exchange(.complete(.test(2), running)).isStored)
        try server.send("CONFIG", "SET", "maxmemory", "0")
        #expect(try await store.exchange(.claim(.test(3), .test(3))).isStored)
        await store.close()
    }

    @Test("Scenario 28: scripts that the server forgets in the middle of the work are sent again, and no claim is lost")
    func forgottenScripts() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open()
        let forgetting = Task {
            while !Task.isCancelled {
                try server.send("SCRIPT", "FLUSH")
                try await Task.sleep(for: .milliseconds(1))
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<600 { group.addTask { try await store.execute(number) } }
            try await group.waitForAll()
        }
        forgetting.cancel()
        _ = await forgetting.result
        #expect(try await store.counts() == RecordCounts(completed: 600))
        await store.close()
    }

    @Test("A script that keeps the server busy makes exchanges fail without effect, until it is ended")
    func busy() async throws {
        let server = try await RedisServer.start(.never, "--busy-reply-threshold", "20")
        let store = try await server.open()
        let client = try RedisClient(port: server.port)
        async let endless: RESPValue = Task.detached { try client.send("EVAL", "while true do end", "0") }.value
        var error: StoreError?
        for number in 0..<200 where error == nil {
            error = await store.failure(.claim(.test(number), .test(1)))
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(error?.code == .unavailable)
        #expect(error?.effect == .notApplied)
        try server.send("SCRIPT", "KILL")
        _ = try await endless
        #expect(try await store.exchange(.claim(.test(7777), .test(1))).isStored)
        await store.close()
    }

    @Test("A server that demands more replicas than it has takes no claim, and says so")
    func missingReplicas() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open()
        try server.send("CONFIG", "SET", "min-replicas-to-write", "1")
        let error = await store.failure(.claim(.test(1), .test(1)))
        #expect(error?.effect == .notApplied)
        #expect(error?.message.contains("min-replicas-to-write") == true)
        try server.send("CONFIG", "SET", "min-replicas-to-write", "0")
        #expect(try await store.record(.test(1)).record == nil)
        await store.close()
    }

    @Test("Users and passwords are used, and wrong ones refused with what to do")
    func credentials() async throws {
        let server = try await RedisServer.start(.never)
        try server.send(
            "ACL", "SETUSER", "once", "on", ">secret", "resetkeys", "~once:*", "&once:*", "-@all", "+@connection",
            "+info", "+config|get", "+eval", "+evalsha", "+script|load", "+get", "+set", "+time", "+publish", "+scan",
            "+getrange", "+hget", "+hset", "+hgetall", "+hdel")
        let store = try await server.open {
            $0.user = "once"
            $0.password = "secret"
        }
        _ = try await store.execute(1)
        #expect(try await store.records(RecordQuery()).entries.count == 1)
        await store.close()
        let wrong = await #expect(throws: StoreError.self) {
            _ = try await server.open {
                $0.user = "once"
                $0.password = "wrong"
            }
        }
        #expect(wrong?.code == .misuse)
        try server.send("CONFIG", "SET", "requirepass", "pw")
        let missing = await #expect(throws: StoreError.self) { _ = try await server.open() }
        #expect(missing?.code == .misuse)
        #expect(missing?.message.contains("password") == true)
        await (try await server.open { $0.password = "pw" }).close()
    }

    @Test("Stores of different prefixes and databases do not see each other")
    func separation() async throws {
        let server = try await RedisServer.start(.never)
        let stores = [
            try await server.open(), try await server.open { $0.prefix = "other" },
            try await server.open { $0.database = 3 },
        ]
        for store in stores {
            #expect(try await store.exchange(.claim(.test(1), .test(1))).isStored)
            #expect(try await store.counts() == RecordCounts(running: 1))
        }
        for store in stores { await store.close() }
    }

    @Test("For maintenance no store is made where there is none")
    func maintenance() async throws {
        let server = try await RedisServer.start(.never)
        let error = await #expect(throws: StoreError.self) { _ = try await server.open { $0.makesStore = false } }
        #expect(error?.code == .misuse)
        #expect(error?.message.contains("\"once\"") == true)
        #expect(try server.send("DBSIZE") == .integer(0))
        await (try await server.open()).close()
        await (try await server.open { $0.makesStore = false }).close()
    }

    @Test("A value that somebody else has put there is refused, and nothing runs")
    func damage() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open()
        for (number, value) in ["", "x", "hello", "\u{1}", String(repeating: "\u{1}", count: 200)].enumerated() {
            try server.send("SET", "once:\(RecordID.test(number))", value)
            for expecting in [Expectation.vacant, .running(.test(1)), .inDoubt(.test(1))] {
                let draft = Draft(claiming: .test(1), owner: .test(1), lease: .seconds(1))
                let error = await store.failure(Exchange(.test(number), expecting: expecting, next: draft))
                #expect(error?.code == .corrupt, "\(number)")
            }
            #expect(try server.send("GET", "once:\(RecordID.test(number))").text == value)
        }
        await store.close()
    }

    @Test("A key of another type is an error, and stays as it is")
    func wrongType() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open()
        try server.send("LPUSH", "once:\(RecordID.test(1))", "x")
        #expect(await store.failure(.claim(.test(1), .test(1))) != nil)
        #expect(try server.send("LLEN", "once:\(RecordID.test(1))") == .integer(1))
        await store.close()
    }

    @Test("A record larger than the limit is refused before it is sent")
    func tooLarge() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open { $0.recordLimit = 1000 }
        let record = try #require(try await store.exchange(.claim(.test(1), .test(1))).record)
        let error = await store.failure(.complete(.test(1), record, [UInt8](repeating: 1, count: 1001)))
        #expect(error?.code == .tooLarge)
        #expect(error?.effect == .notApplied)
        #expect(try await store.exchange(.complete(.test(1), record, [UInt8](repeating: 1, count: 1000))).isStored)
        await store.close()
    }
}

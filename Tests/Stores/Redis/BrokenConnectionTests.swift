import Idempotency
import RedisTestParts
import StoreTestParts
import Testing

@testable import IdempotencyRedis

/// Connections that break: what was written is unknown, what was not is not applied, and both are told apart.
@Suite struct BrokenConnectionTests {
    @Test("Scenario 2: a claim whose reply is lost is unknown, is there, and is recognised when it is repeated")
    func lostReply() async throws {
        let server = try await RedisServer.start(.never)
        let proxy = try await FaultProxy.start(to: server.port)
        let store = try await server.open(through: proxy.port) { $0.beat = .seconds(3600) }
        proxy.set(.loseReply)
        let error = await store.failure(.claim(.test(1), .test(1)))
        #expect(error?.code == .unavailable)
        #expect(error?.effect == .unknown)
        #expect(proxy.hasHappened)
        let again = try await store.exchange(.claim(.test(1), .test(1)))
        #expect(!again.isStored)
        #expect(again.record?.owner == .test(1))
        await store.close()
        try await proxy.stop()
    }

    @Test("A claim that was sent and did not arrive is unknown too, and is not there")
    func lostRequest() async throws {
        let server = try await RedisServer.start(.never)
        let proxy = try await FaultProxy.start(to: server.port)
        let store = try await server.open(through: proxy.port) { $0.beat = .seconds(3600) }
        proxy.set(.loseRequest)
        #expect(await store.failure(.claim(.test(1), .test(1)))?.effect == .unknown)
        #expect(try await store.exchange(.claim(.test(1), .test(1))).isStored)
        await store.close()
        try await proxy.stop()
    }

    @Test("What is never sent, because there is no connection, is not applied")
    func noConnection() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open { $0.connectTimeout = .seconds(3) }
        server.crash()
        // The first one may still meet the old connection.
        _ = await store.failure(.claim(.test(1), .test(1)))
        for number in 2..<6 {
            let error = await store.failure(.claim(.test(number), .test(1)))
            #expect(error?.code == .unavailable)
            #expect(error?.effect == .notApplied)
        }
        try await server.launch()
        try await store.waitUntilAnswered()
        #expect(try await store.exchange(.claim(.test(2), .test(2))).isStored)
        await store.close()
    }

    @Test("A server that is stopped makes exchanges unknown after the time-out, and what it does later harms nobody")
    func stoppedServer() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open {
            $0.timeout = .seconds(1)
            $0.connectTimeout = .seconds(3)
        }
        let record = try #require(try await store.exchange(.claim(.test(1), .test(1))).record)
        server.pause()
        let start = ContinuousClock.now
        let error = await store.failure(.complete(.test(1), record))
        #expect(error?.effect == .unknown)
        #expect(ContinuousClock.now - start < .seconds(5))
        server.resume()
        try await store.waitUntilAnswered()
        // The completion lay in the server's socket: it may be done by now, and is not done twice.
        let again = try await store.exchange(.complete(.test(1), record))
        #expect(again.record?.queryState(at: again.now) == .completed)
        await store.close()
    }

    @Test("Replies that stay away while the connection stays open are given up after the time-out")
    func swallowedReplies() async throws {
        let server = try await RedisServer.start(.never)
        let proxy = try await FaultProxy.start(to: server.port)
        let store = try await server.open(through: proxy.port) {
            $0.timeout = .milliseconds(200)
            $0.beat = .seconds(3600)
        }
        proxy.set(.swallowReplies)
        #expect(await store.failure(.claim(.test(1), .test(1)))?.effect == .unknown)
        proxy.set(.none)
        try await store.waitUntilAnswered()
        #expect(try await store.record(.test(1)).record?.owner == .test(1))
        await store.close()
        try await proxy.stop()
    }

    @Test("A queue that is full refuses at once, without effect, and goes on when there is room")
    func fullQueue() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open { $0.queueLimit = 10 }
        server.pause()
        let errors = await withTaskGroup(of: StoreError?.self) { group in
            for number in 0..<50 {
                group.addTask { await store.failure(.claim(.test(number), .test(number))) }
            }
            // 40 of them are refused while the server does nothing; then it goes on.
            var errors: [StoreError?] = []
            for _ in 0..<40 { errors.append(await group.next() ?? nil) }
            server.resume()
            for await error in group { errors.append(error) }
            return errors
        }
        #expect(errors.compactMap(\.self).count == 40)
        #expect(errors.compactMap(\.self).allSatisfy { $0.effect == .notApplied && $0.code == .unavailable })
        try await store.waitUntilAnswered()
        await store.close()
    }

    @Test("A closed store refuses, without effect, and may be closed again; what was under way is answered")
    func closing() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open()
        async let replies = withTaskGroup(of: Bool.self) { group in
            for number in 0..<100 {
                group.addTask {
                    await store.failure(.claim(.test(number), .test(1))).map { $0.code == .shutDown } ?? true
                }
            }
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        await Task.yield()
        await store.close()
        #expect(await replies.allSatisfy(\.self))
        await store.close()
        let error = await store.failure(.claim(.test(1), .test(1)))
        #expect(error?.code == .shutDown)
        #expect(error?.effect == .notApplied)
        await #expect(throws: StoreError.self) { _ = try await store.counts() }
    }

    @Test("A server that cannot be reached, or that does not speak, is named when the store is opened")
    func unreachable() async throws {
        let server = try await RedisServer.start(.never)
        let proxy = try await FaultProxy.start(to: server.port)
        proxy.set(.swallowReplies)
        let silent = await #expect(throws: StoreError.self) {
            _ = try await server.open(through: proxy.port) { $0.connectTimeout = .milliseconds(200) }
        }
        #expect(silent?.code == .unavailable)
        #expect(silent?.effect == .notApplied)
        try await proxy.stop()
        server.crash()
        let gone = await #expect(throws: StoreError.self) { _ = try await server.open() }
        #expect(gone?.message.contains("127.0.0.1:\(server.port)") == true)
    }
}

import Idempotency
import IdempotencyHTTP
import NIOHTTP1
import Synchronization
import Testing

@testable import IdempotencyGateway

@Suite("Shutdown")
struct ShutdownTests {
    @Test("What is in flight is answered, idle connections are closed, no new one is taken")
    func drains() async throws {
        let replies = Mutex([TestUpstream.Reply]())
        try await Bench.run { _, reply in
            replies.withLock { $0.append(reply) }
        } test: { bench, stop async throws in
            let idle = try await bench.connect()
            let busy = try await bench.connect()
            try await busy.send(RawClient.text("GET", "/"))
            await bench.upstream.arrived(1)
            #expect(bench.gateway.isReady)
            await stop()
            await idle.ended()
            #expect(!bench.gateway.isReady)
            await #expect(throws: (any Error).self) { _ = try await bench.connect() }
            replies.withLock { $0[0] }.answer(200, [], "late")
            let answer = try await busy.answer()
            #expect(answer.body == "late")
            #expect(answer["Connection"] == "close")
            await busy.ended()
        }
    }

    @Test("What does not end within the drain time is cut off")
    func cutsOff() async throws {
        try await Bench.run(configure: { $0.timeouts.drain = .milliseconds(100) }) { _, _ in
        } test: { bench, stop async throws in
            let client = try await bench.connect()
            try await client.send(RawClient.text("GET", "/"))
            await bench.upstream.arrived(1)
            await stop()
            await client.ended()
        }
    }

    @Test("A guarded request that does not end within the drain time is in doubt at once, not after its lease")
    func doubts() async throws {
        let store = MemoryStore()
        try await Bench.run(store: store, configure: { $0.timeouts.drain = .milliseconds(100) }) { _, _ in
        } test: { bench, stop async throws in
            let client = try await bench.connect()
            try await client.send(RawClient.text("POST", "/", key, body: "1"))
            await bench.upstream.arrived(1)
            await stop()
            await client.ended()
        }
        #expect(try await store.counts().inDoubt == 1)
    }

    @Test("More connections than the limit are closed at once")
    func connectionLimit() async throws {
        try await Bench.run(configure: { $0.limits.connections = 1 }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let first = try await bench.connect()
            #expect(try await first.request("GET", "/").status == 200)
            let second = try await bench.connect()
            await second.ended()
            #expect(try await first.request("GET", "/").status == 200)
        }
    }
}

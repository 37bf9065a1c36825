import Idempotency
import IdempotencyHTTP
import NIOHTTP1
import Synchronization
import Testing

@testable import IdempotencyGateway

@Suite("Duplicates while a request is running")
struct ConcurrencyTests {
    @Test("A duplicate is refused with 409 and a hint; another request under the key with 422")
    func refused() async throws {
        let gate = Gate()
        try await Bench.run { _, reply in
            gate.keep(reply)
        } test: { bench, _ async throws in
            let first = try await bench.connect()
            try await first.send(RawClient.text("POST", "/", key, body: "1"))
            await bench.upstream.arrived(1)
            let duplicate = try await bench.request("POST", "/", key, body: "1")
            #expect(duplicate.status == 409)
            #expect(duplicate["Retry-After"] != nil)
            #expect(duplicate.body.contains("A request is outstanding for this Idempotency-Key"))
            #expect(duplicate.body.contains(#""retry":"same-key""#))
            #expect(try await bench.request("POST", "/", key, body: "2").status == 422)
            try await gate.open()
            #expect(try await first.answer().body == "done")
            #expect(bench.upstream.requests.count == 1)
        }
    }

    @Test("A duplicate that may wait gets the answer as soon as it is there, without asking the store again")
    func waits() async throws {
        let gate = Gate()
        let store = ScriptedStore { _, _ in .none }
        try await Bench.run(store: store, settings: { $0.wait = .seconds(20) }) { _, reply in
            gate.keep(reply)
        } test: { bench, _ async throws in
            let first = try await bench.connect()
            try await first.send(RawClient.text("POST", "/", key, body: "1"))
            await bench.upstream.arrived(1)
            var waiting: [RawClient] = []
            for _ in 1...5 {
                let client = try await bench.connect()
                try await client.send(RawClient.text("POST", "/", key, body: "1"))
                waiting.append(client)
            }
            try await poll { store.exchanges >= 6 }
            try await gate.open()
            #expect(try await first.answer()["Idempotent-Replayed"] == nil)
            for client in waiting {
                let answer = try await client.answer()
                #expect(answer.body == "done")
                #expect(answer["Idempotent-Replayed"] == "true")
            }
            #expect(bench.upstream.requests.count == 1)
        }
    }

    @Test("Waiting has an end")
    func waitEnds() async throws {
        let gate = Gate()
        try await Bench.run(settings: { $0.wait = .milliseconds(300) }) { _, reply in
            gate.keep(reply)
        } test: { bench, _ async throws in
            let first = try await bench.connect()
            try await first.send(RawClient.text("POST", "/", key, body: "1"))
            await bench.upstream.arrived(1)
            #expect(try await bench.request("POST", "/", key, body: "1").status == 409)
            try await gate.open()
            #expect(try await first.answer().status == 200)
        }
    }

    @Test("Only so many wait, of one key and of all keys: one more is refused at once", arguments: [true, false])
    func waiters(ofOneKey: Bool) async throws {
        let gate = Gate()
        try await Bench.run(
            settings: { $0.wait = .seconds(30) },
            configure: { if ofOneKey { $0.limits.waitersPerKey = 1 } else { $0.limits.waiters = 1 } }
        ) { _, reply in
            gate.keep(reply)
        } test: { bench, _ async throws in
            let first = try await bench.connect()
            try await first.send(RawClient.text("POST", "/", key, body: "1"))
            await bench.upstream.arrived(1)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<2 { group.addTask { try await bench.request("POST", "/", key, body: "1").status } }
                let refused = try await group.next()
                try await gate.open()
                return [refused, try await group.next()]
            }
            #expect(statuses == [409, 200])
            #expect(try await first.answer().status == 200)
        }
    }

    @Test("A burst of a hundred runs once")
    func burst() async throws {
        try await Bench.run(settings: { $0.wait = .seconds(20) }) { _, reply in
            reply.answer(200, [], "done")
        } test: { bench, _ async throws in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 1...100 { group.addTask { try await bench.request("POST", "/", key, body: "1").body } }
                for try await body in group { #expect(body == "done") }
            }
            #expect(bench.upstream.requests.count == 1)
        }
    }

    @Test("A client that hangs up cancels nothing: the retry gets the outcome")
    func hangUp() async throws {
        let gate = Gate()
        try await Bench.run(settings: { $0.wait = .seconds(20) }) { _, reply in
            gate.keep(reply)
        } test: { bench, _ async throws in
            let first = try await bench.connect()
            try await first.send(RawClient.text("POST", "/", key, body: "1"))
            await bench.upstream.arrived(1)
            await first.close()
            try await gate.open()
            try await poll { !bench.events.outcomes.isEmpty }
            let answer = try await bench.request("POST", "/", key, body: "1")
            #expect(answer.body == "done")
            #expect(answer["Idempotent-Replayed"] == "true")
            #expect(bench.upstream.requests.count == 1)
        }
    }

    @Test("A release lets one of those who wait run")
    func released() async throws {
        let gate = Gate()
        let store = ScriptedStore { _, _ in .none }
        try await Bench.run(store: store, settings: { $0.wait = .seconds(20) }) { _, reply in
            gate.keep(reply)
        } test: { bench, _ async throws in
            let first = try await bench.connect()
            try await first.send(RawClient.text("POST", "/", key, body: "1"))
            await bench.upstream.arrived(1)
            let second = try await bench.connect()
            try await second.send(RawClient.text("POST", "/", key, body: "1"))
            try await poll { store.exchanges >= 2 }
            try await gate.open(0, 429)
            #expect(try await first.answer().status == 429)
            await bench.upstream.arrived(2)
            try await gate.open(1)
            #expect(try await second.answer().body == "done")
        }
    }

    @Test("A shutdown waits for what runs for a client that has gone")
    func drains() async throws {
        let gate = Gate()
        let store = MemoryStore()
        try await Bench.run(store: store) { _, reply in
            gate.keep(reply)
        } test: { bench, stop async throws in
            let client = try await bench.connect()
            try await client.send(RawClient.text("POST", "/", key, body: "1"))
            await bench.upstream.arrived(1)
            await client.close()
            await stop()
            try await gate.open()
        }
        #expect(try await store.counts().completed == 1)
    }
}

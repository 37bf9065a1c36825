import Idempotency
import IdempotencyHTTP
import NIOHTTP1
import Testing

@testable import IdempotencyGateway

@Suite("A store that fails")
struct StoreFailureTests {
    @Test("Unreachable: 503 with Retry-After, and nothing reaches the upstream")
    func down() async throws {
        let store = ScriptedStore { _, _ in .refused }
        try await Bench.run(store: store, configure: { $0.storePatience = .milliseconds(100) }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let answer = try await bench.request("POST", "/", key, body: "1")
            #expect(answer.status == 503)
            #expect(answer["Retry-After"] != nil)
            #expect(answer.body.contains(#""retry":"same-key""#))
            #expect(bench.upstream.requests.isEmpty)
            #expect(bench.events.outcomes == [.refused])
        }
    }

    @Test("It blinks at the claim: the request runs once")
    func blinksAtClaim() async throws {
        let store = ScriptedStore { number, _ in number == 1 ? .refused : .none }
        try await Bench.run(store: store) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").status == 200)
            #expect(bench.upstream.requests.count == 1)
        }
    }

    @Test("Its reply to the claim is lost: the attempt recognises itself and runs once")
    func claimReplyLost() async throws {
        let store = ScriptedStore { number, _ in number == 1 ? .replyLost : .none }
        try await Bench.run(store: store) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").status == 200)
            #expect(bench.upstream.requests.count == 1)
        }
    }

    @Test(
        "It blinks at the completion, or its reply is lost: the answer is stored and given", arguments: [true, false])
    func blinksAtCompletion(applied: Bool) async throws {
        let store = ScriptedStore { number, _ in number != 2 ? .none : applied ? .replyLost : .refused }
        try await Bench.run(store: store) { _, reply in
            reply.answer(200, [], "ok")
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").body == "ok")
            #expect(try await bench.request("POST", "/", key, body: "1")["Idempotent-Replayed"] == "true")
        }
    }

    @Test("It stays away at the completion: no answer goes out that is not stored, and no second execution happens")
    func lostCompletion() async throws {
        let store = ScriptedStore { _, exchange in exchange.expecting == .vacant ? .none : .refused }
        try await Bench.run(
            store: store, settings: { $0.lease = .milliseconds(400) },
            configure: { $0.timeouts.drain = .milliseconds(50) }
        ) { _, reply in
            reply.answer(200, [], "ok")
        } test: { bench, _ async throws in
            let first = try await bench.request("POST", "/", key, body: "1")
            #expect(first.status == 409)
            #expect(first.body.contains("in-doubt"))
            let again = try await bench.request("POST", "/", key, body: "1")
            #expect(again.status != 200)
            #expect(bench.upstream.requests.count == 1)
        }
    }

    @Test("The lease is renewed while the upstream takes its time")
    func renews() async throws {
        let gate = Gate()
        let store = MemoryStore()
        try await Bench.run(store: store, settings: { $0.lease = .milliseconds(300) }) { _, reply in
            gate.keep(reply)
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            try await client.send(RawClient.text("POST", "/", key, body: "1"))
            await bench.upstream.arrived(1)
            try await poll { try await store.records(RecordQuery()).entries.first?.record.renewals ?? 0 >= 5 }
            #expect(try await bench.request("POST", "/", key, body: "1").status == 409)
            try await gate.open()
            #expect(try await client.answer().body == "done")
        }
    }
}

import Idempotency
import IdempotencyHTTP
import NIOHTTP1
import Testing

@testable import IdempotencyGateway

@Suite("Quotas", .timeLimit(.minutes(2)))
struct QuotaTests {
    private func post(_ bench: Bench, _ caller: String, _ key: String, body: String = "1") async throws
        -> RawClient.Answer
    {
        try await bench.request(
            "POST", "/", [("Authorization", "Bearer \(caller)"), ("Idempotency-Key", key)], body: body)
    }

    @Test("A caller with as many keys as allowed gets 429 before anything runs; others, and its own old keys, do not")
    func keysPerScope() async throws {
        try await Bench.run(configure: { $0.quota.keysPerScope = 2 }) { request, reply in
            reply.answer(200, [], request.headers["Idempotency-Key"].first ?? "")
        } test: { bench, _ async throws in
            for key in ["1", "2"] { #expect(try await post(bench, "alice", key).status == 200) }
            let refused = try await post(bench, "alice", "3")
            #expect(refused.status == 429)
            #expect(refused["Content-Type"] == "application/problem+json")
            #expect(refused["Retry-After"] == "60")
            #expect(refused.body.contains("#quota-reached"))
            #expect(refused.body.contains(#""retry":"same-key-later""#))
            #expect(try await post(bench, "bob", "3").status == 200)
            #expect(try await post(bench, "alice", "1")["Idempotent-Replayed"] == "true")
            #expect(try await post(bench, "alice", "1", body: "2").status == 422)
            #expect(bench.upstream.requests.count == 3)
        }
    }

    @Test("What the upstream refused before it ran takes no place")
    func released() async throws {
        try await Bench.run(configure: { $0.quota.keysPerScope = 1 }) { request, reply in
            reply.answer(request.headers["Idempotency-Key"] == ["5"] ? 200 : 401)
        } test: { bench, _ async throws in
            for key in ["1", "2", "3", "4"] { #expect(try await post(bench, "alice", key).status == 401) }
            #expect(try await post(bench, "alice", "5").status == 200)
            #expect(try await post(bench, "alice", "6").status == 429)
        }
    }

    @Test("Stored bytes are limited for a caller, and for all", arguments: [true, false])
    func bytes(perScope: Bool) async throws {
        try await Bench.run(
            configure: { if perScope { $0.quota.bytesPerScope = 4000 } else { $0.quota.bytesInAll = 4000 } }
        ) { _, reply in
            reply.answer(200, [], String(repeating: "x", count: 4000))
        } test: { bench, _ async throws in
            #expect(try await post(bench, "alice", "1").status == 200)
            #expect(try await post(bench, "alice", "2").status == 429)
            #expect(try await post(bench, "bob", "1").status == (perScope ? 200 : 429))
            #expect(try await post(bench, "alice", "1").body.utf8.count == 4000)
        }
    }

    @Test("A gateway that starts on a store with keys knows them")
    func seeded() async throws {
        let store = MemoryStore()
        try await Bench.run(store: store) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            for key in ["1", "2"] { #expect(try await post(bench, "alice", key).status == 200) }
        }
        try await Bench.run(store: store, configure: { $0.quota.keysPerScope = 2 }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            // The count goes on beside the first requests; each that comes before its end takes one more place.
            var number = 3
            while try await post(bench, "alice", "\(number)").status == 200 { number += 1 }
            #expect(number <= 5, "two were there, and no more than two can have come before the count")
            #expect(try await post(bench, "alice", "2")["Idempotent-Replayed"] == "true")
        }
    }

    @Test("A reload sets, raises and takes away a quota; keys from before it count")
    func reload() async throws {
        try await Bench.run { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            for key in ["1", "2"] { #expect(try await post(bench, "alice", key).status == 200) }
            var configuration = bench.configuration
            configuration.quota.keysPerScope = 2
            try await bench.gateway.reload(configuration)
            #expect(try await post(bench, "alice", "3").status == 429)
            #expect(try await post(bench, "bob", "3").status == 200)
            configuration.quota.keysPerScope = 3
            try await bench.gateway.reload(configuration)
            #expect(try await post(bench, "alice", "3").status == 200)
            #expect(try await post(bench, "alice", "4").status == 429)
            try await bench.gateway.reload(bench.configuration)
            #expect(try await post(bench, "alice", "4").status == 200)
        }
    }

    @Test("A duplicate that waits runs nothing when the key becomes free while its caller has no place left")
    func waiting() async throws {
        let gate = Gate()
        try await Bench.run(
            settings: { $0.wait = .seconds(60) }, configure: { $0.quota.keysPerScope = 1 }
        ) { _, reply in
            gate.keep(reply)
        } test: { bench, _ async throws in
            async let first = post(bench, "alice", "1")
            await bench.upstream.arrived(1)
            async let second = post(bench, "alice", "1")
            try await gate.open(0, 200, [], "done")
            #expect(try await first.body == "done")
            #expect(try await second.body == "done")
            #expect(bench.upstream.requests.count == 1)
        }
    }
}

import Idempotency
import IdempotencyHTTP
import NIOHTTP1
import Synchronization
import Testing

@testable import IdempotencyGateway

let key = [("Idempotency-Key", "\"abc\"")]

@Suite("Guarded requests")
struct GuardedTests {
    @Test("The first request runs; a retry gets the stored answer and does not run")
    func replays() async throws {
        try await Bench.run { request, reply in
            reply.answer(
                201,
                [("Content-Type", "application/json"), ("Location", "/p/1"), ("Set-Cookie", "a=b"), ("X-Other", "1")],
                #"{"id":1}"#)
        } test: { bench, _ async throws in
            let headers = key + [("Content-Type", "application/json"), ("Authorization", "Bearer t")]
            let first = try await bench.request("POST", "/payments", headers, body: #"{"amount":1}"#)
            #expect(first.status == 201)
            #expect(first.body == #"{"id":1}"#)
            #expect(first["Set-Cookie"] == "a=b")
            #expect(first["Idempotent-Replayed"] == nil)
            let again = try await bench.request("POST", "/payments", headers, body: #"{ "amount": 1 }"#)
            #expect(again.status == 201)
            #expect(again.body == #"{"id":1}"#)
            #expect(again["Idempotent-Replayed"] == "true")
            #expect(again["Location"] == "/p/1")
            #expect(again["Cache-Control"] == "no-store")
            #expect(again["Set-Cookie"] == nil)
            #expect(again["X-Other"] == nil)
            #expect(again["Idempotency-Replay-Stripped"] == "set-cookie")
            #expect(bench.upstream.requests.count == 1)
            #expect(bench.events.outcomes == [.executed, .replayed])
        }
    }

    @Test("The upstream gets the key, the fence and a digest of the scope, and nothing internal from outside")
    func forwards() async throws {
        try await Bench.run { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let headers =
                key + [
                    ("Authorization", "Bearer t"), ("Idempotency-Attempt", "99"), ("Idempotency-Scope", "mine"),
                    ("Idempotent-Replayed", "true"),
                ]
            _ = try await bench.request("POST", "/a", headers, body: "b")
            _ = try await bench.request("POST", "/a", [("Idempotency-Key", "def")] + headers.dropFirst(), body: "b")
            let requests = bench.upstream.requests
            #expect(requests.map { $0.headers["Idempotency-Key"] } == [["\"abc\""], ["def"]])
            #expect(requests.map { $0.headers["Idempotency-Attempt"] } == [["1"], ["2"]])
            let scopes = requests.map { $0.headers["Idempotency-Scope"] }
            #expect(scopes[0].count == 1)
            #expect(scopes[0] == scopes[1])
            #expect(scopes[0][0].count == 64)
            #expect(!requests[0].headers.contains(name: "Idempotent-Replayed"))
        }
    }

    @Test("The same key with another body, query or route is a mismatch and does not run")
    func mismatch() async throws {
        try await Bench.run { _, reply in
            reply.answer(200, [], "secret")
        } test: { bench, _ async throws in
            _ = try await bench.request("POST", "/a", key, body: "1")
            for (target, body) in [("/a", "2"), ("/a?dry=1", "1"), ("/b", "1")] {
                let answer = try await bench.request("POST", target, key, body: body)
                #expect(answer.status == 422)
                #expect(answer["Content-Type"] == "application/problem+json")
                #expect(answer.body.contains("Idempotency-Key is already used"))
                #expect(answer.body.contains(#""retry":"never""#))
                #expect(!answer.body.contains("secret"))
            }
            #expect(bench.upstream.requests.count == 1)
            #expect(bench.events.outcomes.dropFirst() == [.mismatch, .mismatch, .mismatch])
        }
    }

    @Test("Two credentials never see each other's keys")
    func scopes() async throws {
        try await Bench.run { request, reply in
            reply.answer(200, [], request.headers["Authorization"].first ?? "nobody")
        } test: { bench, _ async throws in
            for name in ["a", "b"] {
                let answer = try await bench.request("POST", "/", key + [("Authorization", name)], body: "1")
                #expect(answer.body == name)
            }
            #expect(try await bench.request("POST", "/", key, body: "1").body == "nobody")
            #expect(bench.upstream.requests.count == 3)
        }
    }

    @Test("Without a key a request passes through, unless the route requires one")
    func missing() async throws {
        try await Bench.run { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/", body: "1").status == 200)
            #expect(bench.events.outcomes == [.passedThrough])
        }
        try await Bench.run(settings: { $0.requirement = .required }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            let answer = try await client.request("POST", "/", body: "1")
            #expect(answer.status == 400)
            #expect(answer.body.contains("Idempotency-Key is missing"))
            #expect(answer["Link"]?.contains("rel=\"describedby\"") == true)
            #expect(try await client.request("GET", "/").status == 200)
            #expect(bench.upstream.requests.map(\.method) == ["GET"])
        }
    }

    @Test(
        "A key that is not valid is refused before anything is looked up",
        arguments: ["", "\"\"", "\"a", "\"a\\x\"", "a,b", String(repeating: "a", count: 256), "\u{e9}"])
    func invalid(value: String) async throws {
        let store = ScriptedStore { _, _ in .none }
        try await Bench.run(store: store) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let answer = try await bench.request("POST", "/", [("Idempotency-Key", value)], body: "1")
            #expect(answer.status == 400)
            #expect(bench.upstream.requests.isEmpty)
            #expect(store.exchanges == 0)
        }
    }

    @Test("Two key lines, and a key that Connection names, are refused")
    func smuggledKey() async throws {
        try await Bench.run { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/", key + key, body: "1").status == 400)
            let named = [("Connection", "Idempotency-Key")]
            #expect(try await bench.request("POST", "/", key + named, body: "1").status == 400)
            #expect(try await bench.request("POST", "/", [("Idempotency_Key", "a")], body: "1").status == 400)
            #expect(bench.upstream.requests.isEmpty)
        }
    }

    @Test("GET, HEAD, PUT and DELETE pass through even with a key", arguments: ["GET", "PUT", "DELETE"])
    func passing(method: String) async throws {
        try await Bench.run { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            for _ in 1...2 { _ = try await bench.request(method, "/", key) }
            #expect(bench.upstream.requests.count == 2)
        }
    }

    @Test("A body beyond the limit is refused before its key is claimed", arguments: [true, false])
    func tooLarge(chunked: Bool) async throws {
        let store = ScriptedStore { _, _ in .none }
        try await Bench.run(store: store, settings: { $0.maximumBody = 10 }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            let start = "POST / HTTP/1.1\r\nHost: a\r\nIdempotency-Key: a\r\n"
            try await client.send(
                start
                    + (chunked
                        ? "Transfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n"
                        : "Content-Length: 11\r\n\r\n01234567890"))
            let answer = try await client.answer()
            #expect(answer.status == 413)
            #expect(answer.body.contains("body-too-large"))
            #expect(store.exchanges == 0)
            #expect(try await bench.request("POST", "/", key, body: "0123456789").status == 200)
        }
    }

    @Test("A half-sent body leaves no record")
    func halfSent() async throws {
        let store = ScriptedStore { _, _ in .none }
        try await Bench.run(store: store) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nIdempotency-Key: a\r\nContent-Length: 9\r\n\r\nabc")
            await client.close()
            try await poll { !bench.events.outcomes.isEmpty }
            #expect(bench.events.outcomes == [.refused])
            #expect(store.exchanges == 0)
        }
    }

    @Test("Expect: 100-continue is answered by the gateway")
    func expects() async throws {
        try await Bench.run { _, reply in
            reply.answer(200, [], "ok")
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            try await client.send(
                "POST / HTTP/1.1\r\nHost: a\r\nIdempotency-Key: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            #expect(try await client.answer().status == 100)
            try await client.send("ab")
            #expect(try await client.answer().body == "ok")
            #expect(bench.upstream.requests.first?.headers.contains(name: "Expect") == false)
        }
    }

    @Test("The key may be in the body")
    func keyInBody() async throws {
        try await Bench.run(settings: { $0.key = .body(try JSONPointer("/token")) }) { _, reply in
            reply.answer(200, [], "ok")
        } test: { bench, _ async throws in
            let type = [("Content-Type", "application/json")]
            for _ in 1...2 {
                #expect(try await bench.request("POST", "/", type, body: #"{"token":"a"}"#).body == "ok")
            }
            #expect(try await bench.request("POST", "/", type, body: "{}").body == "ok")
            #expect(bench.events.outcomes == [.executed, .replayed, .passedThrough])
        }
    }

    @Test("An expired key runs again, under a higher fence")
    func expires() async throws {
        let clock = ManualStoreClock()
        try await Bench.run(store: MemoryStore(clock: clock), settings: { $0.retention = .seconds(60) }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            _ = try await bench.request("POST", "/", key, body: "1")
            clock.advance(by: .seconds(59))
            #expect(try await bench.request("POST", "/", key, body: "1")["Idempotent-Replayed"] == "true")
            clock.advance(by: .seconds(1))
            #expect(try await bench.request("POST", "/", key, body: "1")["Idempotent-Replayed"] == nil)
            #expect(bench.upstream.requests.map { $0.headers["Idempotency-Attempt"] } == [["1"], ["2"]])
        }
    }

    @Test("A store that only tasks can call works as well")
    func taskOnly() async throws {
        try await Bench.run(store: TaskOnlyStore()) { _, reply in
            reply.answer(200, [], "ok")
        } test: { bench, _ async throws in
            for _ in 1...2 { #expect(try await bench.request("POST", "/", key, body: "1").body == "ok") }
            #expect(bench.events.outcomes == [.executed, .replayed])
        }
    }

    @Test("The policy is published")
    func published() async throws {
        try await Bench.run { _, reply in
            reply.answer(404)
        } test: { bench, _ async throws in
            let answer = try await bench.request("GET", "/.well-known/idempotency")
            #expect(answer.status == 200)
            #expect(answer["Content-Type"] == "application/json")
            #expect(answer.body.contains("draft-ietf-httpapi-idempotency-key-header-07"))
            #expect(bench.upstream.requests.isEmpty)
        }
    }

    @Test("Callers without a credential can be turned away")
    func anonymous() async throws {
        try await Bench.run(settings: { $0.scope.anonymous = .refuse }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").status == 401)
            #expect(try await bench.request("POST", "/", key + [("Authorization", "x")], body: "1").status == 200)
        }
    }

    @Test("The profile of Stripe")
    func stripe() async throws {
        try await Bench.run(configure: { $0.format.profile = .stripe }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            _ = try await bench.request("POST", "/", key, body: "1")
            let answer = try await bench.request("POST", "/", key, body: "2")
            #expect(answer.status == 400)
            #expect(answer.body.contains(#""type":"idempotency_error""#))
        }
    }

    @Test("Where CORS is in use, a page may read that an answer is a replay")
    func crossOrigin() async throws {
        try await Bench.run { _, reply in
            reply.answer(200, [("Access-Control-Allow-Origin", "https://a")])
        } test: { bench, _ async throws in
            let headers = key + [("Origin", "https://a")]
            _ = try await bench.request("POST", "/", headers, body: "1")
            let answer = try await bench.request("POST", "/", headers, body: "1")
            #expect(answer["Access-Control-Expose-Headers"] == "Idempotent-Replayed")
        }
    }
}

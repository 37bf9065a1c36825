import Idempotency
import IdempotencyHTTP
import NIOHTTP1
import Testing

@testable import IdempotencyGateway

@Suite("Asking what became of an interrupted attempt")
struct ReconciliationTests {
    private static func run(
        clock: ManualStoreClock = ManualStoreClock(), finding: @escaping @Sendable (TestUpstream.Reply) -> Void,
        test: @escaping @Sendable (Bench, TestUpstream) async throws -> Void
    ) async throws {
        let oracle = try await TestUpstream.start { _, reply in finding(reply) }
        let url = try ReconciliationURL(url: "http://127.0.0.1:\(oracle.port)/outcome")
        try await Bench.run(
            store: MemoryStore(clock: clock), configure: { $0.interrupted = .ask(url) }
        ) { request, reply in
            if request.headers["Idempotency-Attempt"] == ["1"] {
                reply.close()
            } else {
                reply.answer(200, [], "second")
            }
        } test: { bench, _ async throws in
            try await test(bench, oracle)
        }
        await oracle.stop()
    }

    /// What a gateway leaves behind that dies while the upstream is at it: a claim whose lease is over.
    private static func crash(_ clock: ManualStoreClock) async throws -> MemoryStore {
        let store = ScriptedStore(MemoryStore(clock: clock)) { _, exchange in
            exchange.expecting == .vacant ? .none : .refused
        }
        try await Bench.run(
            store: store, settings: { $0.lease = .seconds(60) }, configure: { $0.timeouts.drain = .milliseconds(10) }
        ) { _, _ in
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            try await client.send(RawClient.text("POST", "/", key, body: "1"))
            await bench.upstream.arrived(1)
        }
        #expect(try await store.memory.counts().running == 1)
        clock.advance(by: .seconds(61))
        return store.memory
    }

    @Test("200 with the answer: the caller gets it, as a replay, and so does every retry")
    func tookEffect() async throws {
        let message = "HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\nSet-Cookie: a=b\r\n\r\nfirst"
        try await Self.run { reply in
            reply.answer(200, [("Content-Type", "message/http")], message)
        } test: { bench, oracle async throws in
            for _ in 1...2 {
                let answer = try await bench.request("POST", "/", key, body: "1")
                #expect(answer.status == 201)
                #expect(answer.body == "first")
                #expect(answer["Idempotent-Replayed"] == "true")
                #expect(answer["Set-Cookie"] == nil)
            }
            #expect(bench.upstream.requests.count == 1)
            let question = try #require(oracle.requests.first)
            #expect(oracle.requests.count == 1)
            #expect(question.method == "GET")
            #expect(question.uri == "/outcome")
            #expect(question.headers["Idempotency-Key"] == ["\"abc\""])
            // What may still be on its way there comes with a lower one.
            let sent = bench.upstream.requests[0].headers.first(name: "Idempotency-Attempt").flatMap { UInt64($0) }
            let asked = question.headers.first(name: "Idempotency-Attempt").flatMap { UInt64($0) }
            #expect(try #require(asked) >= #require(sent))
            #expect(question.headers["Idempotency-Scope"] == bench.upstream.requests[0].headers["Idempotency-Scope"])
        }
    }

    @Test("404: it did nothing, which is believed when it is found again after the lease; then the request runs")
    func didNothing() async throws {
        let clock = ManualStoreClock()
        try await Self.run(clock: clock) { reply in
            reply.answer(404)
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").status == 502)
            #expect(try await bench.request("POST", "/", key, body: "1").status == 409)
            #expect(bench.upstream.requests.count == 1)
            clock.advance(by: .seconds(31))
            #expect(try await bench.request("POST", "/", key, body: "1").body == "second")
        }
    }

    @Test("Anything else: unknown, the key stays in doubt", arguments: [200, 202, 500])
    func unknown(status: Int) async throws {
        try await Self.run { reply in
            reply.answer(status, [], "?")
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").status == 502)
            #expect(try await bench.request("POST", "/", key, body: "1").status == 409)
        }
    }

    @Test("Whoever is asked breaks off: asked once more, and again by the next caller after the lease; nothing runs")
    func brokeOff() async throws {
        let clock = ManualStoreClock()
        try await Self.run(clock: clock) { reply in
            reply.close()
        } test: { bench, oracle async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").status == 502)
            #expect(oracle.requests.count == 2)
            clock.advance(by: .seconds(31))
            #expect(try await bench.request("POST", "/", key, body: "1").status == 409)
            #expect(oracle.requests.count == 4)
            #expect(bench.upstream.requests.count == 1)
        }
    }

    @Test("The attempt of a gateway that crashed is asked about before anything runs")
    func afterCrash() async throws {
        let clock = ManualStoreClock()
        let store = try await Self.crash(clock)
        let message = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst"
        let oracle = try await TestUpstream.start { _, reply in
            reply.answer(200, [("Content-Type", "message/http; msgtype=response")], message)
        }
        let url = try ReconciliationURL(url: "http://127.0.0.1:\(oracle.port)")
        try await Bench.run(store: store, configure: { $0.interrupted = .ask(url) }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").body == "first")
            #expect(bench.upstream.requests.isEmpty)
        }
        await oracle.stop()
    }

    @Test("With hold it is in doubt, and stays so")
    func held() async throws {
        let store = try await Self.crash(ManualStoreClock())
        try await Bench.run(store: store) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            for _ in 1...2 {
                let answer = try await bench.request("POST", "/", key, body: "1")
                #expect(answer.status == 409)
                #expect(answer.body.contains("in-doubt"))
            }
            #expect(bench.upstream.requests.isEmpty)
        }
        #expect(try await store.counts().inDoubt == 1)
    }
}

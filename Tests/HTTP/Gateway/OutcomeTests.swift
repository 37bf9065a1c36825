import Idempotency
import IdempotencyHTTP
import NIOCore
import NIOHTTP1
import Testing

@testable import IdempotencyGateway

@Suite("What the upstream's answer means for the key")
struct OutcomeTests {
    @Test(
        "Answers are stored, errors of the operation among them",
        arguments: [200, 201, 204, 302, 400, 404, 409, 422, 500])
    func stored(status: Int) async throws {
        try await Bench.run { _, reply in
            reply.answer(status, [], status == 204 ? "" : "text")
        } test: { bench, _ async throws in
            for round in 1...2 {
                let answer = try await bench.request("POST", "/", key, body: "1")
                #expect(answer.status == status)
                #expect(answer.body == (status == 204 ? "" : "text"))
                #expect((answer["Idempotent-Replayed"] == "true") == (round == 2))
            }
            #expect(bench.upstream.requests.count == 1)
        }
    }

    @Test("What was refused before it was executed frees the key", arguments: [401, 403, 408, 425, 429, 503])
    func released(status: Int) async throws {
        try await Bench.run { _, reply in
            reply.answer(status, [("Retry-After", "1")], "no")
        } test: { bench, _ async throws in
            for _ in 1...2 {
                let answer = try await bench.request("POST", "/", key, body: "1")
                #expect(answer.status == status)
                #expect(answer.body == "no")
            }
            #expect(bench.upstream.requests.count == 2)
        }
    }

    @Test("An answer that does not tell leaves the key in doubt", arguments: [502, 503, 504])
    func doubtful(status: Int) async throws {
        try await Bench.run { _, reply in
            reply.answer(status, [], "?")
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").status == status)
            let again = try await bench.request("POST", "/", key, body: "1")
            #expect(again.status == 409)
            #expect(again.body.contains("in-doubt"))
            #expect(again.body.contains(#""retry":"same-key-later""#))
            #expect(bench.upstream.requests.count == 1)
            #expect(bench.events.outcomes == [.inDoubt, .inDoubt])
        }
    }

    @Test("The upstream can say what its answer means", arguments: [("final", 1), ("not-executed", 2), ("unknown", 1)])
    func said(outcome: String, runs: Int) async throws {
        try await Bench.run { _, reply in
            reply.answer(503, [("Idempotency-Outcome", outcome)])
        } test: { bench, _ async throws in
            let first = try await bench.request("POST", "/", key, body: "1")
            #expect(first.status == 503)
            #expect(first["Idempotency-Outcome"] == nil)
            let again = try await bench.request("POST", "/", key, body: "1")
            #expect(again.status == (outcome == "unknown" ? 409 : 503))
            #expect(bench.upstream.requests.count == runs)
        }
    }

    @Test("A connection that was never made frees the key: 502, same key")
    func neverConnected() async throws {
        let store = MemoryStore()
        try await Bench.run(store: store, configure: { $0.upstreams[0].port = 1 }) { _, _ in
        } test: { bench, _ async throws in
            let answer = try await bench.request("POST", "/", key, body: "1")
            #expect(answer.status == 502)
            #expect(answer["Retry-After"] != nil)
            #expect(answer.body.contains(#""retry":"same-key""#))
            #expect(try await store.counts() == RecordCounts())
        }
    }

    @Test(
        "An upstream that breaks off leaves the key in doubt: 502, and the request is never sent again",
        arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "garbage\r\n\r\n"])
    func brokeOff(text: String) async throws {
        try await Bench.run { _, reply in
            if !text.isEmpty { reply.raw(text) }
            reply.close()
        } test: { bench, _ async throws in
            let first = try await bench.request("POST", "/", key, body: "1")
            #expect(first.status == 502)
            #expect(first.body.contains(#""retry":"same-key-later""#))
            #expect(try await bench.request("POST", "/", key, body: "1").status == 409)
            #expect(bench.upstream.requests.count == 1)
        }
    }

    @Test("An upstream that breaks off on a connection used before is not asked twice either")
    func brokeOffReused() async throws {
        try await Bench.run(configure: { $0.eventLoops = 1 }) { request, reply in
            if request.uri == "/warm" { reply.answer() } else { reply.close() }
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            #expect(try await client.request("GET", "/warm").status == 200)
            #expect(try await client.request("POST", "/", key, body: "1").status == 502)
            #expect(bench.upstream.requests.count == 2)
        }
    }

    @Test("An upstream that is silent for too long leaves the key in doubt: 504")
    func timedOut() async throws {
        try await Bench.run(configure: { $0.timeouts.upstreamAnswer = .milliseconds(200) }) { _, _ in
        } test: { bench, _ async throws in
            let first = try await bench.request("POST", "/", key, body: "1")
            #expect(first.status == 504)
            #expect(try await bench.request("POST", "/", key, body: "1").status == 409)
            #expect(bench.upstream.requests.count == 1)
        }
    }

    @Test("Connections that the upstream has closed meanwhile are not used: no doubt arises")
    func staleConnection() async throws {
        let (ends, ended) = AsyncStream<Void>.makeStream()
        try await Bench.run(configure: { $0.eventLoops = 1 }) { request, reply in
            reply.answer()
            reply.channel.close().whenComplete { _ in ended.yield() }
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            for number in 1...20 {
                let answer = try await client.request("POST", "/", [("Idempotency-Key", "\(number)")], body: "1")
                #expect(answer.status == 200)
                // The end is in the gateway's socket now, whether its event loop has seen it or not.
                for await _ in ends { break }
            }
        }
    }

    @Test("With rerun an interrupted attempt is sent again, with the same key and a higher fence")
    func rerun() async throws {
        try await Bench.run(configure: { $0.interrupted = .rerun }) { request, reply in
            if request.headers["Idempotency-Attempt"] == ["1"] { reply.close() } else { reply.answer(200, [], "ok") }
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").status == 502)
            #expect(try await bench.request("POST", "/", key, body: "1").body == "ok")
            #expect(bench.upstream.requests.map { $0.headers["Idempotency-Key"] } == [["\"abc\""], ["\"abc\""]])
        }
    }
}

@Suite("Answers that cannot be stored")
struct TombstoneTests {
    @Test(
        "A large answer is streamed to the first caller; a retry is told that it was not kept",
        arguments: ["Content-Length: 30\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n"])
    func large(framing: String) async throws {
        let body = String(repeating: "abc", count: 10)
        try await Bench.run(settings: { $0.maximumResponse = 20 }) { _, reply in
            let isChunked = framing.contains("chunked")
            reply.raw("HTTP/1.1 200 OK\r\n" + framing + (isChunked ? "1e\r\n\(body)\r\n0\r\n\r\n" : body))
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            let first = try await client.request("POST", "/", key, body: "1")
            #expect(first.body == body)
            let again = try await client.request("POST", "/", key, body: "1")
            #expect(again.status == 410)
            #expect(again.body.contains("answer-not-kept"))
            #expect(again.body.contains(#""retry":"never""#))
            #expect(bench.upstream.requests.count == 1)
        }
    }

    @Test("An answer of exactly the limit is stored")
    func atTheLimit() async throws {
        try await Bench.run(settings: { $0.maximumResponse = 20 }) { _, reply in
            reply.answer(200, [], String(repeating: "a", count: 20))
        } test: { bench, _ async throws in
            _ = try await bench.request("POST", "/", key, body: "1")
            #expect(try await bench.request("POST", "/", key, body: "1").body.count == 20)
        }
    }

    @Test("An event stream reaches the first caller as it comes; its tombstone is stored before its end")
    func eventStream() async throws {
        let gate = Gate()
        let store = MemoryStore()
        try await Bench.run(store: store) { _, reply in
            reply.raw("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            reply.raw("9\r\ndata: 1\n\n\r\n")
            gate.keep(reply)
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            try await client.send(RawClient.text("POST", "/", key, body: "1"))
            let (status, _) = try await client.head()
            #expect(status == 200)
            #expect(try await client.line() == "9")
            #expect(try await client.line() == "data: 1")
            #expect(try await store.counts().running == 1)
            try await gate.reply().raw("0\r\n\r\n")
            while try await client.line() != "0" {}
            #expect(try await store.counts().completed == 1)
            #expect(try await bench.request("POST", "/", key, body: "1").status == 410)
        }
    }

    @Test("A stream that breaks off breaks the client's connection and leaves the key in doubt")
    func brokenStream() async throws {
        try await Bench.run { _, reply in
            reply.raw(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")
            reply.close()
        } test: { bench, _ async throws in
            await #expect(throws: RawClient.Ended.self) { _ = try await bench.request("POST", "/", key, body: "1") }
            #expect(try await bench.request("POST", "/", key, body: "1").status == 409)
        }
    }

    @Test("A large answer streams on when its client has gone, and leaves its tombstone")
    func streamWithoutClient() async throws {
        let gate = Gate()
        try await Bench.run(settings: { $0.maximumResponse = 1000 }) { _, reply in
            reply.raw("HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n")
            gate.keep(reply)
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            try await client.send(RawClient.text("POST", "/", key, body: "1"))
            _ = try await client.head()
            await client.close()
            try await gate.reply().raw(String(repeating: "a", count: 4_000_000))
            try await poll { !bench.events.outcomes.isEmpty }
            #expect(try await bench.request("POST", "/", key, body: "1").status == 410)
        }
    }
}

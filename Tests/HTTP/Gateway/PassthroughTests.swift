import Idempotency
import IdempotencyHTTP
import NIOHTTP1
import Synchronization
import Testing

@testable import IdempotencyGateway

@Suite("Requests that are not guarded")
struct PassthroughTests {
    @Test("A request and its answer go through, without the headers of one hop")
    func forwards() async throws {
        try await Bench.run { _, reply in
            reply.answer(
                201, [("X-Mine", "1"), ("Keep-Alive", "timeout=9"), ("Connection", "X-Secret"), ("X-Secret", "s")],
                "hello")
        } test: { bench, _ async throws in
            let answer = try await bench.request(
                "PUT", "/a/b?c=d",
                [
                    ("Connection", "X-Hop"), ("X-Hop", "1"), ("Authorization", "Bearer t"),
                    ("TE", "trailers"),
                    ("Idempotency-Attempt", "9"), ("X-End", "2"),
                ], body: "body")
            #expect(answer.status == 201)
            #expect(answer.body == "hello")
            #expect(answer["X-Mine"] == "1")
            #expect(answer["Keep-Alive"] == nil)
            #expect(answer["X-Secret"] == nil)
            let request = try #require(bench.upstream.requests.first)
            #expect(request.method == "PUT")
            #expect(request.uri == "/a/b?c=d")
            #expect(request.body == "body")
            #expect(request.headers["X-End"] == ["2"])
            #expect(request.headers["Authorization"] == ["Bearer t"])
            #expect(request.headers["Host"] == ["test"])
            #expect(request.headers["Content-Length"] == ["4"])
            for name in ["X-Hop", "TE", "Connection", "Idempotency-Attempt"] {
                #expect(!request.headers.contains(name: name))
            }
            #expect(bench.events.outcomes == [.passedThrough])
        }
    }

    @Test("One upstream connection serves one request after the other")
    func keepsAlive() async throws {
        try await Bench.run(configure: { $0.eventLoops = 1 }) { request, reply in
            reply.answer(200, [], request.uri)
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            for number in 1...5 {
                let answer = try await client.request("GET", "/\(number)")
                #expect(answer.body == "/\(number)")
            }
            #expect(Set(bench.upstream.requests.map(\.connection)).count == 1)
        }
    }

    @Test("Requests sent in one go are answered in order")
    func pipelined() async throws {
        try await Bench.run { request, reply in
            reply.answer(200, [], request.uri)
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            try await client.send((1...20).map { RawClient.text("GET", "/\($0)") }.joined())
            for number in 1...20 {
                #expect(try await client.answer().body == "/\(number)")
            }
        }
    }

    @Test("A chunked request and a chunked answer stay chunked, with what they carry unchanged")
    func chunked() async throws {
        try await Bench.run { request, reply in
            reply.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
            reply.raw("2\r\nde\r\n0\r\n\r\n")
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            try await client.send(
                "PUT / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nxy\r\n1\r\nz\r\n0\r\n\r\n")
            let answer = try await client.answer()
            #expect(answer.body == "abcde")
            #expect(answer["Transfer-Encoding"] == "chunked")
            #expect(bench.upstream.requests.first?.body == "xyz")
            #expect(try await client.request("GET", "/").status == 200)
        }
    }

    @Test("A body of many megabytes goes through both ways while little of it is held")
    func large() async throws {
        let size = 16 << 20
        try await Bench.run { request, reply in
            reply.answer(200, [], request.body)
        } test: { bench, _ async throws in
            let body = String(repeating: "0123456789abcdef", count: size / 16)
            let answer = try await bench.request("PUT", "/", body: body)
            #expect(answer.body.utf8.count == size)
            #expect(answer.body == body)
        }
    }

    @Test("An answer without a length ends with the upstream's connection")
    func untilClose() async throws {
        try await Bench.run { _, reply in
            reply.raw("HTTP/1.1 200 OK\r\n\r\nall of it")
            reply.close()
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            #expect(try await client.request("GET", "/").body == "all of it")
            #expect(try await client.request("GET", "/").body == "all of it")
        }
    }

    @Test(
        "Answers without a body keep the connection in step",
        arguments: [
            ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"),
            ("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
            ("GET", "HTTP/1.1 204 No Content\r\n\r\n"),
            ("GET", "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n"),
        ])
    func bodiless(method: String, text: String) async throws {
        try await Bench.run { request, reply in
            if request.uri == "/" { reply.raw(text) } else { reply.answer(200, [], "next") }
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            let answer = try await client.request(method, "/")
            #expect(answer.body.isEmpty)
            #expect(try await client.request("GET", "/next").body == "next")
        }
    }

    @Test("An interim answer is passed on before the final one")
    func informs() async throws {
        try await Bench.run { _, reply in
            reply.raw("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            #expect(try await client.request("GET", "/").status == 103)
            #expect(try await client.answer().body == "ok")
        }
    }

    @Test("Expect: 100-continue is between client and upstream")
    func expects() async throws {
        try await Bench.run { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            try await client.send("PUT / HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            #expect(try await client.answer().status == 100)
            try await client.send("ab")
            #expect(try await client.answer().status == 200)
            #expect(bench.upstream.requests.first?.body == "ab")
        }
    }

    @Test("HTTP/1.0 clients get an answer that ends with the connection")
    func version10() async throws {
        try await Bench.run { _, reply in
            reply.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            try await client.send("GET / HTTP/1.0\r\n\r\n")
            let answer = try await client.answer()
            #expect(answer.body == "abc")
            #expect(answer["Transfer-Encoding"] == nil)
        }
    }
}

@Suite("An upstream that fails a request that is not guarded")
struct PassthroughFailureTests {
    @Test("Nobody listens: 502")
    func refused() async throws {
        try await Bench.run(configure: { $0.upstreams[0].port = 1 }) { _, _ in
        } test: { bench, _ async throws in
            let answer = try await bench.request("GET", "/")
            #expect(answer.status == 502)
        }
    }

    @Test("It breaks off before the answer: 502")
    func brokeOff() async throws {
        try await Bench.run { _, reply in
            reply.close()
        } test: { bench, _ async throws in
            let answer = try await bench.request("POST", "/")
            #expect(answer.status == 502)
            #expect(bench.upstream.requests.count == 1)
        }
    }

    @Test("It is silent for too long: 504")
    func silent() async throws {
        try await Bench.run(configure: { $0.timeouts.upstreamAnswer = .milliseconds(200) }) { _, _ in
        } test: { bench, _ async throws in
            let answer = try await bench.request("GET", "/")
            #expect(answer.status == 504)
        }
    }

    @Test("It speaks no HTTP: 502")
    func malformed() async throws {
        try await Bench.run { _, reply in
            reply.raw("what?\r\n\r\n")
        } test: { bench, _ async throws in
            let answer = try await bench.request("GET", "/")
            #expect(answer.status == 502)
        }
    }

    @Test("It breaks off within the answer: the client's connection breaks too")
    func truncated() async throws {
        try await Bench.run { _, reply in
            reply.raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            reply.close()
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            await #expect(throws: RawClient.Ended.self) { _ = try await client.request("GET", "/") }
        }
    }

    @Test("It closes an idle connection just before a request: GET is sent again, POST is not")
    func stale() async throws {
        let count = Mutex(0)
        try await Bench.run(configure: { $0.eventLoops = 1 }) { request, reply in
            let number = count.withLock { count in
                count += 1
                return count
            }
            // The second request on a connection finds it closed: read, and no answer.
            if number == 2 || number == 4 { reply.close() } else { reply.answer(200, [], "ok") }
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            #expect(try await client.request("GET", "/").status == 200)
            #expect(try await client.request("GET", "/").status == 200)
            #expect(try await client.request("POST", "/").status == 502)
            #expect(bench.upstream.requests.count == 4)
        }
    }

    @Test("What it sends behind its answer is never taken for the answer to the next request")
    func unsolicited() async throws {
        let gate = Gate()
        try await Bench.run(configure: {
            $0.eventLoops = 1
            $0.limits.upstreamConnections = 1
        }) { request, reply in
            if request.uri == "/evil" { gate.keep(reply) } else { reply.answer(200, [], "next") }
        } test: { bench, _ async throws in
            let first = try await bench.connect()
            try await first.send(RawClient.text("GET", "/evil"))
            await bench.upstream.arrived(1)
            let second = try await bench.connect()
            try await second.send(RawClient.text("GET", "/next"))
            _ = try await bench.request("GET", "/.well-known/idempotency")
            try await gate.reply().raw(
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
            #expect(try await first.answer().body == "ok")
            #expect(try await second.answer().body == "next")
        }
    }

    @Test("A client that hangs up ends the exchange")
    func clientGone() async throws {
        try await Bench.run { _, _ in
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            try await client.send(RawClient.text("GET", "/"))
            await bench.upstream.arrived(1)
            await client.close()
            try await poll { !bench.events.outcomes.isEmpty }
            #expect(bench.events.outcomes == [.passedThrough])
        }
    }
}

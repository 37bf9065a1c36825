import Idempotency
import IdempotencyHTTP
import NIOHPACK
import NIOHTTP1
import Synchronization
import Testing

@testable import IdempotencyGateway

@Suite("Requests over HTTP/2")
struct HTTP2ExchangeTests {
    @Test("A guarded request over one version of HTTP is replayed over the other")
    func guarded() async throws {
        try await Bench.run { request, reply in
            reply.answer(201, [("Location", "/1")], "made by \(request.headers["host"].joined())")
        } test: { bench, _ async throws in
            let client = try await bench.connectHTTP2()
            try await client.request(1, "POST", "/payments", [("idempotency-key", "a")], end: false)
            try await client.data(1, "amount", end: false)
            try await client.data(1, "=1", end: true)
            let first = try await client.answer(on: 1)
            #expect(first.status == 201 && first.text == "made by test" && first["location"] == "/1")
            #expect(first["idempotent-replayed"] == nil)
            let replay = try await bench.request("POST", "/payments", key, body: "amount=1")
            #expect(replay.status == 201 && replay.body == "made by test" && replay["Idempotent-Replayed"] == "true")
            try await client.request(3, "POST", "/payments", [("idempotency-key", "a")], end: false)
            try await client.data(3, "amount=1", end: true)
            let again = try await client.answer(on: 3)
            #expect(again.text == "made by test" && again["idempotent-replayed"] == "true")
            try await client.request(5, "POST", "/payments", [("idempotency-key", "a")], end: false)
            try await client.data(5, "amount=2", end: true)
            #expect(try await client.answer(on: 5).status == 422)
            #expect(bench.upstream.requests.map(\.body) == ["amount=1"])
        }
    }

    @Test("A request without a key goes through, with its trailers, its interim answer and the trailers of the answer")
    func passesThrough() async throws {
        try await Bench.run { _, reply in
            reply.raw("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
            reply.raw(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive, x-hop\r\nX-Hop: 1\r\n\r\n")
            reply.raw("2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n")
        } test: { bench, _ async throws in
            let client = try await bench.connectHTTP2()
            try await client.request(1, "PUT", "/a?b=c", [("cookie", "a=1"), ("cookie", "b=2")], end: false)
            try await client.data(1, "body", end: false)
            try await client.headers(1, [("x-check", "9")], end: true)
            let answer = try await client.answer(on: 1)
            #expect(answer.interim == [103] && answer.status == 200 && answer.text == "ok")
            #expect(answer.trailers?.first(name: "x-sum") == "7")
            #expect(answer["x-hop"] == nil && answer["connection"] == nil && answer["transfer-encoding"] == nil)
            let request = try #require(bench.upstream.requests.first)
            #expect(request.method == "PUT" && request.uri == "/a?b=c" && request.body == "body")
            #expect(request.headers["cookie"] == ["a=1; b=2"] && request.headers["host"] == ["test"])
            #expect(request.headers["transfer-encoding"] == ["chunked"])
        }
    }

    @Test(
        "Answers without a body end their stream, and only theirs",
        arguments: [
            ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", "100"),
            ("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", nil),
            ("GET", "HTTP/1.1 204 No Content\r\n\r\n", nil),
            ("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", "9"),
        ])
    func bodiless(method: String, text: String, length: String?) async throws {
        try await Bench.run { request, reply in
            if request.uri == "/" { reply.raw(text) } else { reply.answer(200, [], "next") }
        } test: { bench, _ async throws in
            let client = try await bench.connectHTTP2()
            try await client.request(1, method, "/")
            let answer = try await client.answer(on: 1)
            #expect(answer.body.isEmpty && answer["content-length"] == length && answer.reset == nil)
            try await client.request(3, "GET", "/next")
            #expect(try await client.answer(on: 3).text == "next")
        }
    }

    @Test("An answer goes out no faster than the client opens its window, and the upstream is not read ahead")
    func flowControl() async throws {
        let size = 4 << 20
        let replies = Mutex([TestUpstream.Reply]())
        try await Bench.run { request, reply in
            guard request.uri == "/large" else { return reply.answer(200, [], "small") }
            replies.withLock { $0.append(reply) }
            reply.raw("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n" + String(repeating: "x", count: size))
        } test: { bench, _ async throws in
            let client = try await bench.connectHTTP2([(4, 1000)])
            try await client.request(1, "GET", "/large")
            let head = try await client.next(.headers)
            #expect(head.stream == 1)
            var received = 0
            while received < 1000 { received += try await client.next(.data).payload.count }
            #expect(received == 1000)
            try await client.request(3, "GET", "/small")
            #expect(try await client.answer(on: 3).text == "small")
            try await client.open(1, size)
            while true {
                let frame = try await client.next(.data)
                received += frame.payload.count
                if frame.endsStream { break }
            }
            #expect(received == size)
        }
    }

    @Test("A large body goes through both ways on several streams at a time")
    func large() async throws {
        let size = 1 << 20
        try await Bench.run { request, reply in
            reply.answer(200, [], request.body)
        } test: { bench, _ async throws in
            let client = try await bench.connectHTTP2([(4, 1 << 24)])
            try await client.send(.windowUpdate, [0, 255, 255, 255])
            let streams = [1, 3, 5]
            for stream in streams { try await client.request(stream, "PUT", "/\(stream)", end: false) }
            // The client looks at no window: what is sent at once stays below that of the connection, as acknowledged.
            let piece = String(repeating: "0123456789abcdef", count: 512)
            var windows = Dictionary(uniqueKeysWithValues: ([0] + streams).map { ($0, 65_535) })
            var left = Dictionary(uniqueKeysWithValues: streams.map { ($0, size / piece.utf8.count) })
            var bodies: [Int: Int] = [:]
            var ended = 0
            while ended < streams.count {
                for stream in streams {
                    while let count = left[stream], count > 0, windows[0, default: 0] >= piece.utf8.count,
                        windows[stream, default: 0] >= piece.utf8.count
                    {
                        try await client.data(stream, piece, end: count == 1)
                        left[stream] = count - 1
                        windows[0, default: 0] -= piece.utf8.count
                        windows[stream, default: 0] -= piece.utf8.count
                    }
                }
                let frame = try await client.next()
                if frame.kind == .windowUpdate { windows[frame.stream, default: 0] += Int(frame.number(at: 0)) }
                if frame.kind == .data { bodies[frame.stream, default: 0] += frame.payload.count }
                if frame.endsStream { ended += 1 }
            }
            #expect(bodies == [1: size, 3: size, 5: size])
        }
    }

    @Test("A client that resets its stream cancels no execution: the retry gets the answer")
    func resetWhileRunning() async throws {
        let replies = Mutex([TestUpstream.Reply]())
        try await Bench.run { _, reply in
            replies.withLock { $0.append(reply) }
        } test: { bench, _ async throws in
            let client = try await bench.connectHTTP2()
            try await client.request(1, "POST", "/", [("idempotency-key", "a")], end: false)
            try await client.data(1, "1", end: true)
            await bench.upstream.arrived(1)
            try await client.reset(1)
            try await client.request(3, "GET", "/.well-known/idempotency")
            #expect(try await client.answer(on: 3).status == 200)
            replies.withLock { $0[0] }.answer(200, [], "done")
            try await poll { bench.events.outcomes.contains(.executed) }
            let retry = try await bench.request("POST", "/", key, body: "1")
            #expect(retry.body == "done" && retry["Idempotent-Replayed"] == "true")
            #expect(bench.upstream.requests.count == 1)
        }
    }

    @Test("A stream that is reset, or malformed, before its body is complete leaves no record")
    func resetBeforeClaim() async throws {
        let store = ScriptedStore { _, _ in .none }
        try await Bench.run(store: store) { _, reply in
            reply.answer(200, [], "ok")
        } test: { bench, _ async throws in
            let client = try await bench.connectHTTP2()
            try await client.request(1, "POST", "/", [("idempotency-key", "a")], end: false)
            try await client.data(1, "half", end: false)
            try await client.reset(1)
            try await client.request(3, "POST", "/", [("idempotency-key", "a"), ("content-length", "9")], end: false)
            try await client.data(3, "short", end: true)
            #expect(try await client.answer(on: 3).reset == 1)
            try await client.request(5, "POST", "/", [("idempotency-key", "a")], end: false)
            try await client.headers(5, [("x", " y")], end: true)
            #expect(try await client.answer(on: 5).status == 400)
            #expect(store.exchanges == 0 && bench.upstream.requests.isEmpty)
            try await client.request(7, "POST", "/", [("idempotency-key", "a")], end: false)
            try await client.data(7, "whole", end: true)
            #expect(try await client.answer(on: 7).text == "ok")
        }
    }

    @Test("A passed-through exchange ends when its stream is reset")
    func resetPassthrough() async throws {
        try await Bench.run { _, _ in
        } test: { bench, _ async throws in
            let client = try await bench.connectHTTP2()
            try await client.request(1, "GET", "/")
            await bench.upstream.arrived(1)
            try await client.reset(1)
            try await poll { !bench.events.outcomes.isEmpty }
            #expect(bench.events.outcomes == [.passedThrough])
        }
    }

    @Test("An answer that the upstream breaks off ends its stream with an error, and no other")
    func brokenOff() async throws {
        try await Bench.run { request, reply in
            guard request.uri == "/broken" else { return reply.answer(200, [], "whole") }
            reply.raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            reply.close()
        } test: { bench, _ async throws in
            let client = try await bench.connectHTTP2()
            try await client.request(1, "GET", "/broken")
            let answer = try await client.answer(on: 1)
            #expect(answer.status == 200 && answer.reset == 2)
            try await client.request(3, "GET", "/whole")
            #expect(try await client.answer(on: 3).text == "whole")
        }
    }

    @Test("An answer that comes before the body is complete is given, and the rest is declined without an error")
    func earlyAnswer() async throws {
        try await Bench.run(settings: { $0.maximumBody = 10 }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let client = try await bench.connectHTTP2()
            try await client.request(1, "POST", "/", [("idempotency-key", "a")], end: false)
            try await client.data(1, "more than ten bytes", end: false)
            #expect(try await client.answer(on: 1).status == 413)
            let reset = try await client.next(.reset)
            #expect(reset.stream == 1 && reset.number(at: 0) == 0)
            try await client.request(3, "GET", "/")
            #expect(try await client.answer(on: 3).status == 200)
        }
    }

    private var key: [(String, String)] { [("Idempotency-Key", "a")] }
}

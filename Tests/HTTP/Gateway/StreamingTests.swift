import Idempotency
import IdempotencyHTTP
import NIOCore
import NIOHTTP1
import Testing

@testable import IdempotencyGateway

@Suite("What is streamed", .timeLimit(.minutes(2)))
struct StreamingTests {
    /// Runs a gateway in front of an upstream that the test writes by hand.
    private func run(
        _ configure: @escaping (inout GatewayConfiguration) -> Void = { _ in },
        _ test: @escaping @Sendable (Bench, RawUpstream) async throws -> Void
    ) async throws {
        let upstream = try await RawUpstream.start()
        try await Bench.run(
            configure: {
                $0.upstreams = [Origin(host: "127.0.0.1", port: upstream.port)]
                configure(&$0)
            }
        ) { _, _ in
        } test: { bench, _ async throws in
            try await test(bench, upstream)
        }
    }

    @Test("An event reaches the client before the next one is sent")
    func events() async throws {
        try await run { bench, upstream in
            let client = try await bench.connect()
            try await client.send(RawClient.text("GET", "/events", [("Accept", "text/event-stream")]))
            let server = try await upstream.connection()
            _ = try await server.head()
            try await server.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            let (status, headers) = try await client.head()
            #expect(status == 200)
            #expect(headers.contains { $0.name.lowercased() == "content-type" && $0.value == "text/event-stream" })
            for number in 1...3 {
                try await server.send("9\r\ndata: \(number)\n\n\r\n")
                #expect(try await client.line() == "9")
                #expect(try await client.line() == "data: \(number)")
                for _ in 1...2 { _ = try await client.line() }
            }
            await client.close()
            await server.ended()
        }
    }

    @Test("A piece of an upload reaches the upstream before the next one is sent")
    func upload() async throws {
        try await run { bench, upstream in
            let client = try await bench.connect()
            try await client.send("PUT / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n")
            let server = try await upstream.connection()
            _ = try await server.head()
            for number in 1...3 {
                try await client.send("1\r\n\(number)\r\n")
                #expect(try await server.line() == "1")
                #expect(try await server.line() == "\(number)")
            }
            try await client.send("0\r\n\r\n")
            #expect(try await server.line() == "0")
            try await server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            #expect(try await client.answer().body == "ok")
        }
    }

    @Test("An answer that comes while the upload still goes on reaches the client, and the connection ends")
    func earlyAnswer() async throws {
        try await run { bench, upstream in
            let client = try await bench.connect()
            try await client.send("PUT / HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000\r\n\r\nbegin")
            let server = try await upstream.connection()
            _ = try await server.head()
            try await server.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
            let answer = try await client.answer()
            #expect(answer.status == 413)
            #expect(answer.body == "no")
            #expect(answer["Connection"] == "close")
            await server.ended()
        }
    }

    @Test("A client that hangs up ends its request at the upstream, in the upload and in the answer")
    func hangUp() async throws {
        try await run { bench, upstream in
            let first = try await bench.connect()
            try await first.send("PUT / HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\nbegin")
            let upload = try await upstream.connection()
            _ = try await upload.head()
            await first.close()
            await upload.ended()

            let second = try await bench.connect()
            try await second.send(RawClient.text("GET", "/"))
            let download = try await upstream.connection()
            _ = try await download.head()
            try await download.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegin")
            _ = try await second.head()
            await second.close()
            await download.ended()
        }
    }

    @Test("Fields behind a body go on both ways, but for those that belong into a header")
    func trailers() async throws {
        try await run { bench, upstream in
            let client = try await bench.connect()
            try await client.send(
                "PUT / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
                    + "Checksum: 1\r\nMax-Forwards: 5\r\nCache-Control: no-store\r\n\r\n")
            let server = try await upstream.connection()
            _ = try await server.head()
            for expected in ["1", "x", "0", "Checksum: 1", ""] { #expect(try await server.line() == expected) }
            try await server.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\ny\r\n0\r\n"
                    + "Digest: 2\r\nSet-Cookie: a=b\r\nCache-Control: public\r\n\r\n")
            let answer = try await client.answer()
            #expect(answer.body == "y")
            #expect(answer.trailers == ["Digest: 2"])
        }
    }

    @Test("Fields behind the body of a guarded request are left out: nothing goes on that was not compared")
    func guardedRequestTrailers() async throws {
        try await run { bench, upstream in
            let client = try await bench.connect()
            let text = { (value: String) in
                "POST / HTTP/1.1\r\nHost: test\r\nIdempotency-Key: t\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "1\r\nx\r\n0\r\nMeaning: \(value)\r\n\r\n"
            }
            try await client.send(text("one"))
            let server = try await upstream.connection()
            let (_, headers) = try await server.head()
            #expect(headers.contains { $0.name.lowercased() == "content-length" && $0.value == "1" })
            #expect(!headers.contains { $0.name.lowercased() == "transfer-encoding" })
            #expect(try await server.bytes(1) == Array("x".utf8))
            try await server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            #expect(try await client.answer()["Idempotent-Replayed"] == nil)
            try await client.send(text("two"))
            #expect(try await client.answer()["Idempotent-Replayed"] == "true")
        }
    }

    @Test("Fields behind the body of a guarded answer reach its first caller; a replay says that it lacks them")
    func guardedAnswerTrailers() async throws {
        try await Bench.run { _, reply in
            reply.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nDigest: 1\r\n\r\n")
        } test: { bench, _ async throws in
            let first = try await bench.request("POST", "/", key, body: "1")
            #expect(first.body == "ok")
            #expect(first.trailers == ["Digest: 1"])
            let again = try await bench.request("POST", "/", key, body: "1")
            #expect(again.body == "ok")
            #expect(again.trailers.isEmpty)
            #expect(again["Content-Length"] == "2")
            #expect(again["Idempotency-Replay-Stripped"] == "trailer")
        }
    }

    @Test("A guarded request hears of interim answers")
    func guardedInterim() async throws {
        try await Bench.run { _, reply in
            reply.raw("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            let early = try await client.request("POST", "/", key, body: "1")
            #expect(early.status == 103)
            #expect(early["Link"] == "</a>")
            #expect(try await client.answer().body == "ok")
            let again = try await client.request("POST", "/", key, body: "1")
            #expect(again.status == 200)
            #expect(again.body == "ok")
        }
    }

    @Test("A guarded answer with a content coding is replayed byte for byte")
    func coded() async throws {
        // What gzip makes of "hello"; no valid UTF-8.
        let bytes: [UInt8] = [
            0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 0xFF, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0, 0x86, 0xA6, 0x10, 0x36, 5,
            0, 0,
            0,
        ]
        try await Bench.run { _, reply in
            var buffer = ByteBuffer(
                string: "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(bytes.count)\r\n\r\n")
            buffer.writeBytes(bytes)
            reply.channel.writeAndFlush(buffer, promise: nil)
        } test: { bench, _ async throws in
            for _ in 1...2 {
                let answer = try await bench.request("POST", "/", key, body: "1")
                #expect(answer.bytes == bytes)
                #expect(answer["Content-Encoding"] == "gzip")
            }
            #expect(bench.upstream.requests.count == 1)
        }
    }

    @Test("A guarded request that asks for another protocol does not get it, and is guarded as ever")
    func guardedUpgrade() async throws {
        try await Bench.run { request, reply in
            #expect(!request.headers.contains(name: "upgrade"))
            reply.answer(200, [], "ok")
        } test: { bench, _ async throws in
            for round in 1...2 {
                let answer = try await bench.request(
                    "POST", "/", key + [("Connection", "upgrade"), ("Upgrade", "h2c")], body: "1")
                #expect(answer.body == "ok")
                #expect((answer["Idempotent-Replayed"] == "true") == (round == 2))
            }
        }
    }

    @Test("Requests for large replays that are sent in one go are answered no faster than the answers are taken")
    func pipelinedReplays() async throws {
        let size = 1 << 20
        let large = String(repeating: "x", count: size)
        try await Bench.run(configure: { $0.eventLoops = 1 }) { _, reply in
            reply.answer(200, [], large)
        } test: { bench, _ async throws in
            #expect(try await bench.request("POST", "/", key, body: "1").body.utf8.count == size)
            let client = try await bench.connect()
            try await client.channel.setOption(.autoRead, value: false).get()
            let count = 64
            try await client.send(String(repeating: RawClient.text("POST", "/", key, body: "1"), count: count))
            // The others are served meanwhile; what the slow one has got of its answers by then is bounded.
            for _ in 1...20 { #expect(try await bench.request("POST", "/", key, body: "1").status == 200) }
            #expect(bench.events.outcomes.count { $0 == .replayed } < 20 + count / 2)
            try await client.channel.setOption(.autoRead, value: true).get()
            for _ in 1...count { #expect(try await client.answer().body.utf8.count == size) }
        }
    }
}

import Idempotency
import IdempotencyHTTP
import NIOHTTP1
import Testing

@testable import IdempotencyGateway

@Suite("Framing that two parsers could read differently")
struct FramingTests {
    static let bad: [(String, String)] = [
        (
            "length and encoding",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        (
            "encoding and length",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"
        ),
        ("two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na"),
        ("length with sign", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na"),
        ("length list", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\na"),
        ("length with letters", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\na"),
        ("endless length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\na"),
        ("gzip, chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        (
            "chunked twice",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        ("chunked, identity", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
        ("identity", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n"),
        ("xchunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n"),
        ("encoding on 1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("folded line", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n"),
        ("folded encoding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
        ("space before colon", "GET / HTTP/1.1\r\nHost: a\r\nX-A : b\r\n\r\n"),
        ("no Host", "GET / HTTP/1.1\r\n\r\n"),
        ("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
        ("empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        ("Host list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
        ("NUL in value", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\0c\r\n\r\n"),
        ("bare CR in value", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\rc\r\n\r\n"),
        ("bare LF as line end", "GET / HTTP/1.1\nHost: a\n\n"),
        ("CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("bytes above ASCII in the target", "GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("bad chunk size", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        ("half an HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"),
        ("garbage", "\u{16}\u{3}\u{1}\r\n\r\n"),
    ]

    @Test("is answered with 400 and the end of the connection, and nothing reaches the upstream", arguments: bad)
    func refused(name: String, text: String) async throws {
        try await Bench.run { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            try await client.send(text)
            let answer = try await client.answer()
            #expect(answer.status == 400, "\(name)")
            #expect(answer["Connection"] == "close")
            #expect(answer["Content-Type"] == "application/problem+json")
            await client.ended()
            #expect(bench.upstream.requests.isEmpty)
        }
    }

    @Test(
        "A significant header in disguise is refused",
        arguments: ["Content_Length", "Transfer_Encoding", "Idempotency_Key"])
    func disguised(name: String) async throws {
        try await Bench.run { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let answer = try await bench.request("POST", "/", [(name, "1")], body: "a")
            #expect(answer.status == 400)
            #expect(bench.upstream.requests.isEmpty)
        }
    }

    @Test("A header that is too large is answered with 431", arguments: [1, 200])
    func overflow(lines: Int) async throws {
        try await Bench.run { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            let line = "X-A: \(String(repeating: "a", count: lines == 1 ? 20_000 : 10))\r\n"
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: line, count: lines) + "\r\n")
            #expect(try await client.answer().status == 431)
            await client.ended()
        }
    }

    @Test("A header that does not come to its end is not waited for")
    func slowHeader() async throws {
        try await Bench.run(configure: { $0.timeouts.header = .milliseconds(200) }) { _, _ in
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            try await client.send("GET / HTTP/1.1\r\nHost")
            await client.ended()
        }
    }

    @Test("A body that does not go on is answered with 408")
    func slowBody() async throws {
        try await Bench.run(configure: { $0.timeouts.bodySilence = .milliseconds(200) }) { _, _ in
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            try await client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
            #expect(try await client.answer().status == 408)
            await client.ended()
        }
    }

    @Test(
        "The body of a guarded request has an end in time, however steadily it comes; nothing is claimed",
        .timeLimit(.minutes(1)))
    func endlessBody() async throws {
        let store = ScriptedStore { _, _ in .none }
        try await Bench.run(
            store: store,
            configure: {
                $0.timeouts.body = .milliseconds(300)
                $0.limits.bodyRate = 0
            }
        ) { _, _ in
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            try await client.send(
                "POST / HTTP/1.1\r\nHost: a\r\nIdempotency-Key: k\r\nContent-Length: 100000\r\n\r\n")
            let status = try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !Task.isCancelled {
                        try? await client.send("x")
                        try? await Task.sleep(for: .milliseconds(20))
                    }
                }
                let status = try await client.answer().status
                group.cancelAll()
                return status
            }
            #expect(status == 408)
            #expect(store.exchanges == 0)
        }
    }

    @Test("After a request that asks for another protocol the connection ends")
    func upgrade() async throws {
        try await Bench.run { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            let answer = try await client.request("GET", "/", [("Connection", "Upgrade"), ("Upgrade", "h2c")])
            #expect(answer.status == 200)
            #expect(answer["Connection"] == "close")
            await client.ended()
            #expect(bench.upstream.requests.first?.headers.contains(name: "Upgrade") == false)
        }
    }
}

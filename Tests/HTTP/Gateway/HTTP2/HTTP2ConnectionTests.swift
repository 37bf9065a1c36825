import Idempotency
import IdempotencyHTTP
import Synchronization
import Testing

@testable import IdempotencyGateway

@Suite("Connections of HTTP/2")
struct HTTP2ConnectionTests {
    private static let noError: UInt32 = 0
    private static let refused: UInt32 = 7
    private static let cancel: UInt32 = 8
    private static let calm: UInt32 = 11

    @Test("A drain announces itself, takes what was on its way, names the last stream, answers, and closes")
    func drains() async throws {
        let replies = Mutex([TestUpstream.Reply]())
        try await Bench.run { _, reply in
            replies.withLock { $0.append(reply) }
        } test: { bench, stop async throws in
            let idle = try await bench.connectHTTP2()
            try await idle.request(1, "GET", "/.well-known/idempotency")
            #expect(try await idle.answer(on: 1).status == 200)
            let client = try await bench.connectHTTP2()
            try await client.request(1, "POST", "/", [("idempotency-key", "a")], end: false)
            try await client.data(1, "1", end: true)
            await bench.upstream.arrived(1)
            await stop()
            let announced = try await client.next(.goAway)
            #expect(announced.number(at: 0) == 0x7FFF_FFFF && announced.number(at: 4) == Self.noError)
            let final = try await client.next(.goAway)
            #expect(final.number(at: 0) == 1 && final.number(at: 4) == Self.noError)
            replies.withLock { $0[0] }.answer(200, [], "late")
            #expect(try await client.answer(on: 1).text == "late")
            await client.ended()
            await idle.ended()
        }
    }

    @Test(
        "A connection without a request in time, and one that was idle for too long, is asked to go", arguments: [0, 1])
    func idle(requests: Int) async throws {
        try await Bench.run(configure: { configuration in
            configuration.timeouts.header = .milliseconds(requests == 0 ? 200 : 20_000)
            configuration.timeouts.keepAlive = .milliseconds(200)
        }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let client = try await bench.connectHTTP2()
            if requests > 0 {
                try await client.request(1, "GET", "/")
                _ = try await client.answer(on: 1)
            }
            let farewell = try await client.next(.goAway)
            #expect(farewell.number(at: 4) == Self.noError)
            await client.ended()
        }
    }

    @Test("Half a preface, and half a header, are not waited for")
    func halfHeader() async throws {
        try await Bench.run(configure: { $0.timeouts.header = .milliseconds(200) }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let silent = try await bench.connect()
            try await silent.send("PRI * HTTP/2.0\r\n")
            await silent.ended()
            let client = try await bench.connectHTTP2()
            try await client.send(.headers, flags: 0, stream: 1, [0x82])
            await client.ended()
        }
    }

    @Test("A body that does not go on is not waited for: 408 on its stream, and the others go on")
    func halfBody() async throws {
        let store = ScriptedStore { _, _ in .none }
        try await Bench.run(store: store, configure: { $0.timeouts.bodySilence = .milliseconds(200) }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let client = try await bench.connectHTTP2()
            try await client.request(1, "POST", "/", [("idempotency-key", "a")], end: false)
            try await client.data(1, "half", end: false)
            #expect(try await client.answer(on: 1).status == 408)
            try await client.request(3, "GET", "/")
            #expect(try await client.answer(on: 3).status == 200)
            #expect(store.exchanges == 0)
        }
    }

    @Test("A stream of which the client takes nothing for too long is given up; the connection is not")
    func stall() async throws {
        try await Bench.run(configure: { $0.timeouts.clientStall = .milliseconds(300) }) { _, reply in
            reply.answer(200, [], "not taken")
        } test: { bench, _ async throws in
            let client = try await bench.connectHTTP2([(4, 0)])
            try await client.request(1, "POST", "/", [("idempotency-key", "a")], end: true)
            let answer = try await client.answer(on: 1)
            #expect(answer.status == 200 && answer.body.isEmpty && answer.reset == Self.cancel)
            try await client.request(3, "HEAD", "/")
            #expect(try await client.answer(on: 3).status == 200)
            let retry = try await bench.request("POST", "/", [("Idempotency-Key", "a")], body: "")
            #expect(retry.body == "not taken" && retry["Idempotent-Replayed"] == "true")
        }
    }

    @Test("A stream above the limit is refused and may be sent again; the others, and the connection, go on")
    func streams() async throws {
        let replies = Mutex([String: TestUpstream.Reply]())
        try await Bench.run(configure: { $0.limits.streams = 2 }) { request, reply in
            replies.withLock { $0[request.uri] = reply }
        } test: { bench, _ async throws in
            let client = try await bench.connectHTTP2()
            for stream in [1, 3, 5, 7] { try await client.request(stream, "GET", "/\(stream)") }
            for stream in [5, 7] {
                let frame = try await client.next()
                #expect(frame.kind == .reset && frame.stream == stream && frame.number(at: 0) == Self.refused)
            }
            await bench.upstream.arrived(2)
            for stream in [1, 3] {
                replies.withLock { $0["/\(stream)"] }?.answer()
                #expect(try await client.answer(on: stream).status == 200)
            }
            try await client.request(9, "GET", "/9")
            await bench.upstream.arrived(3)
            replies.withLock { $0["/9"] }?.answer()
            #expect(try await client.answer(on: 9).status == 200)
            #expect(bench.upstream.requests.count == 3)
        }
    }

    @Test("The client is told the limit on streams that is configured")
    func toldStreams() async throws {
        try await Bench.run(configure: { $0.limits.streams = 7 }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let raw = try await bench.connect()
            try await raw.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            let head = try await raw.bytes(9)
            #expect(head[3] == FrameClient.Kind.settings.rawValue)
            let settings = try await raw.bytes(Int(head[2]))
            #expect(settings.starts(with: [0, 3, 0, 0, 0, 7]))
        }
    }

    @Test("A large header counts before the client has acknowledged the settings: answered, or refused with 431")
    func largeFirstHeader() async throws {
        try await Bench.run { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            // More than 16 KiB as HPACK counts, within one frame.
            let value = String(repeating: "b", count: 125)
            let large = (10..<70).map { ("x-\($0)-" + String(repeating: "a", count: 120), value) }
            let client = try await bench.connectHTTP2()
            try await client.request(1, "GET", "/", large)
            #expect(try await client.answer(on: 1).status == 200)
            let many = (100..<560).map { ("x-\($0)", "1") }
            let other = try await bench.connectHTTP2()
            try await other.request(1, "GET", "/", many)
            #expect(try await other.answer(on: 1).status == 431)
            try await other.request(3, "GET", "/")
            #expect(try await other.answer(on: 3).status == 200)
        }
    }

    @Test("A client for which too much waits gets no further stream, and may send the request again")
    func overfull() async throws {
        let size = 1 << 20
        try await Bench.run { _, reply in
            reply.answer(200, [], String(repeating: "x", count: size))
        } test: { bench, _ async throws in
            let client = try await bench.connectHTTP2([(4, 0)])
            var refused = 0
            for number in 0..<20 where refused == 0 {
                let stream = 2 * number + 1
                try await client.request(stream, "POST", "/", [("idempotency-key", "a")], end: true)
                let frame = try await client.next()
                #expect(frame.stream == stream)
                if frame.kind == .reset {
                    #expect(frame.number(at: 0) == Self.refused)
                    refused = stream
                }
            }
            #expect((33...37).contains(refused))
            try await client.reset(1)
            try await client.reset(3)
            try await client.request(101, "POST", "/", [("idempotency-key", "a")], end: true)
            #expect(try await client.next().kind == .headers)
            #expect(bench.upstream.requests.count == 1)
        }
    }

    @Test("A client that resets too many streams is told to calm down, and its executions go on")
    func rapidReset() async throws {
        let store = ScriptedStore { _, _ in .none }
        try await Bench.run(store: store, configure: { $0.limits.streamResets = 5 }) { _, _ in
        } test: { bench, _ async throws in
            let client = try await bench.connectHTTP2()
            for number in 0..<10 {
                try await client.request(2 * number + 1, "POST", "/", [("idempotency-key", "a")], end: false)
                try await client.reset(2 * number + 1)
            }
            #expect(try await client.next(.goAway).number(at: 4) == Self.calm)
            await client.ended()
            #expect(store.exchanges == 0)
            #expect(try await bench.request("GET", "/.well-known/idempotency").status == 200)
        }
    }

    @Test("A client of HTTP/1.1 is not taken for one of HTTP/2, however its bytes come, and HTTP/2 can be off")
    func detection() async throws {
        try await Bench.run { request, reply in
            reply.answer(200, [], request.method)
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            for piece in ["P", "R", "OPFIND / HTTP/1.1\r\nHost: a\r\n", "\r\n"] {
                try await client.send(piece)
                await Task.yield()
            }
            #expect(try await client.answer().body == "PROPFIND")
        }
        try await Bench.run(configure: { $0.speaksHTTP2 = false }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            try await client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            #expect(try await client.answer().status == 400)
        }
    }
}

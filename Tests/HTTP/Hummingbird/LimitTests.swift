import Hummingbird
import HummingbirdTesting
import Idempotency
import IdempotencyHTTP
import NIOCore
import NIOEmbedded
import Testing

@Suite("Limits and streams") struct LimitTests {
    let shop = Shop()
    static let limit = 40_000

    @Test(
        "a request body up to the limit is handed on whole, one beyond it is a 413 before any claim",
        arguments: [-1, 0, 1])
    func requestBody(excess: Int) async throws {
        let store = MemoryStore()
        let shop = Shop(store: store)
        let rule = try RouteRule(path: "/pay") { $0.maximumBody = Self.limit }
        let app = try shop.app(rules: [rule]) { router, effects in
            router.post("pay") { request, _ in
                effects.count()
                return "\(try await request.body.collect(upTo: .max).readableBytes)"
            }
        }
        try await app.test(.router) { client async throws in
            let response = try await client.pay("k", body: String(repeating: "x", count: Self.limit + excess))
            if excess > 0 {
                #expect(response.status == .contentTooLarge)
                #expect(try response.problem().type.hasSuffix("#body-too-large"))
            } else {
                #expect(response.text == "\(Self.limit + excess)")
            }
        }
        #expect(shop.effects.total == (excess > 0 ? 0 : 1))
        #expect(try await store.records(RecordQuery()).entries.count == (excess > 0 ? 0 : 1))
    }

    @Test(
        "an answer up to the limit is replayed whole; one beyond it reaches its own caller and leaves a tombstone",
        arguments: [-1, 0, 1], [true, false])
    func response(excess: Int, isStreamed: Bool) async throws {
        let rule = try RouteRule(path: "/pay") { $0.maximumResponse = Self.limit }
        let whole = ByteBuffer(repeating: 7, count: Self.limit + excess)
        let app = try shop.app(rules: [rule]) { router, effects in
            router.post("pay") { _, _ in
                effects.count()
                guard isStreamed else { return Response(status: .ok, body: .init(byteBuffer: whole)) }
                let body = ResponseBody { writer in
                    var rest = whole
                    while let chunk = rest.readSlice(length: min(1000, rest.readableBytes)), chunk.readableBytes > 0 {
                        try await writer.write(chunk)
                    }
                    try await writer.finish(nil)
                }
                return Response(status: .ok, body: body)
            }
        }
        for setup in [TestingSetup.router, .live] {
            try await app.test(setup) { client async throws in
                let key = "\(setup)"
                let first = try await client.pay(key)
                let retry = try await client.pay(key)
                #expect(first.status == .ok && first.body == whole)
                if excess > 0 {
                    #expect(retry.status == .gone)
                    #expect(try retry.problem().detail.contains("larger than what is kept"))
                    #expect(try retry.problem().retry == "never")
                } else {
                    #expect(retry.body == whole && retry.isReplay)
                }
            }
        }
        #expect(shop.effects.total == 2)
    }

    @Test("event streams and marked routes stream to their own caller and leave a tombstone", arguments: [true, false])
    func streams(isMarked: Bool) async throws {
        let rule = try RouteRule(path: "/pay") { $0.keepsAnswers = !isMarked }
        let app = try shop.app(rules: [rule]) { router, effects in
            router.post("pay") { _, _ in
                effects.count()
                return Response(
                    status: .ok, headers: [.contentType: isMarked ? "text/csv" : "text/event-stream; charset=utf-8"],
                    body: .init { writer in
                        for _ in 0..<3 { try await writer.write(ByteBuffer(string: "data: 1\n\n")) }
                        try await writer.finish(nil)
                    })
            }
        }
        try await app.test(.live) { client async throws in
            #expect(try await client.pay("k").text == "data: 1\n\ndata: 1\n\ndata: 1\n\n")
            let retry = try await client.pay("k")
            #expect(retry.status == .gone)
            #expect(try retry.problem().detail.contains(isMarked ? "not kept on this route" : "was a stream"))
        }
        #expect(shop.effects.total == 1)
    }

    @Test("an unguarded request streams through: the handler reads the first half before the second is sent")
    func passThrough() async throws {
        let (wasRead, read) = AsyncStream<Never>.makeStream()
        let app = try shop.app { router, _ in
            router.put("upload") { request, _ in
                var text = ""
                for try await chunk in request.body {
                    text += String(buffer: chunk)
                    read.finish()
                }
                return text
            }
        }
        let (body, source) = AsyncStream<ByteBuffer>.makeStream()
        let request = Hummingbird.Request(
            head: .init(method: .put, scheme: "http", authority: "localhost", path: "/upload"),
            body: RequestBody(asyncSequence: body))
        let context = ShopContext(source: .init(channel: NIOAsyncTestingChannel(), logger: app.logger))
        async let response = app.responder.respond(to: request, context: context)
        source.yield(ByteBuffer(string: "first "))
        for await _ in wasRead {}
        source.yield(ByteBuffer(string: "second"))
        source.finish()
        #expect(try await response.body.contentLength == 12)
    }

    @Test("the trailers of an answer reach its own caller, and a replay says that it lacks them")
    func trailers() async throws {
        let app = try shop.app { router, _ in
            router.post("pay") { _, _ in
                Response(
                    status: .ok,
                    body: .init { writer in
                        try await writer.write(ByteBuffer(string: "whole"))
                        try await writer.finish([.init("Checksum")!: "1"])
                    })
            }
        }
        try await app.test(.router) { client async throws in
            #expect(try await client.pay("k").trailerHeaders?[.init("Checksum")!] == "1")
            let replay = try await client.pay("k")
            #expect(replay.text == "whole" && replay.trailerHeaders == nil)
            #expect(replay[FieldName.replayStripped] == "trailer")
        }
    }

    @Test("a body that fails before its first byte went out is an interrupted handler")
    func failingBody() async throws {
        struct Crash: Error {}
        let app = try shop.app { router, effects in
            router.post("pay") { _, _ in
                effects.count()
                return Response(
                    status: .ok,
                    body: .init { writer in
                        try await writer.write(ByteBuffer(string: "half"))
                        throw Crash()
                    })
            }
        }
        try await app.test(.router) { client async throws in
            for _ in 0..<2 { #expect(try await client.pay("k").problem().type.hasSuffix("#in-doubt")) }
        }
        #expect(shop.effects.total == 1)
    }

    @Test("a streamed answer that fails in the middle breaks off at its caller, and the key is in doubt")
    func failingStream() async throws {
        struct Crash: Error {}
        let rule = try RouteRule(path: "/pay") { $0.maximumResponse = 10 }
        let app = try shop.app(rules: [rule]) { router, effects in
            router.post("pay") { _, _ in
                effects.count()
                return Response(
                    status: .ok,
                    body: .init { writer in
                        for _ in 0..<3 { try await writer.write(ByteBuffer(repeating: 7, count: 8)) }
                        throw Crash()
                    })
            }
        }
        try await app.test(.router) { client async throws in
            await #expect(throws: (any Error).self) { try await client.pay("k") }
            var retry = try await client.pay("k").problem()
            while retry.type.hasSuffix("#in-progress") { retry = try await client.pay("k").problem() }
            #expect(retry.type.hasSuffix("#in-doubt"))
        }
        #expect(shop.effects.total == 1)
    }
}

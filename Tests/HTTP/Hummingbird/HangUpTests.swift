import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Idempotency
import IdempotencyHTTP
import IdempotencyHummingbird
import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

@Suite("A caller that hangs up cancels nothing") struct HangUpTests {
    let shop = Shop()
    let gate = Gate()

    @Test("the connection is closed while the handler runs: it ends, and a retry gets its answer")
    func closedConnection() async throws {
        let app = try shop.app { router, effects in
            router.post("pay") { _, _ in
                await gate.pass()
                try Task.checkCancellation()
                return "receipt \(effects.count())"
            }
        }
        try await app.test(.live) { client async throws in
            try await hangUp(port: try #require(client.port))
            #expect(try await answer(client, "k").text == "receipt 1")
        }
        #expect(shop.effects.total == 1)
    }

    @Test("the calling task is cancelled while the handler runs: it ends uncancelled, and a retry gets its answer")
    func cancelledTask() async throws {
        let app = try shop.app { router, effects in
            router.post("pay") { _, _ in
                await gate.pass()
                try Task.checkCancellation()
                return "receipt \(effects.count())"
            }
        }
        let responder = app.responder
        let executor = CallerExecutor()
        await withTaskGroup(of: Bool.self) { group in
            group.addTask(executorPreference: executor) {
                let context = ShopContext(source: .init(channel: NIOAsyncTestingChannel(), logger: app.logger))
                do {
                    _ = try await responder.respond(to: payment, context: context)
                    return false
                } catch { return error is CancellationError }
            }
            await gate.arrived()
            group.cancelAll()
            // Otherwise the answer may come before the caller has noticed, and is then what it gets.
            await executor.settle()
            gate.open()
            #expect(await group.next() == true)
        }
        try await app.test(.router) { client async throws in
            #expect(try await answer(client, "k").text == "receipt 1")
        }
        #expect(shop.effects.total == 1)
    }

    @Test("the connection is closed in the middle of an answer that streams: it is written to its end")
    func closedStream() async throws {
        let rule = try RouteRule(path: "/pay") { $0.maximumResponse = 100 }
        let app = try shop.app(rules: [rule]) { router, effects in
            router.post("pay") { _, _ in
                Response(
                    status: .ok,
                    body: .init { writer in
                        for _ in 0..<20 { try await writer.write(ByteBuffer(repeating: 7, count: 100)) }
                        await gate.pass()
                        for _ in 0..<20 { try await writer.write(ByteBuffer(repeating: 7, count: 100)) }
                        effects.count()
                        try await writer.finish(nil)
                    })
            }
        }
        try await app.test(.live) { client async throws in
            try await hangUp(port: try #require(client.port))
            #expect(try await answer(client, "k").status == .gone)
        }
        #expect(shop.effects.total == 1)
    }

    @Test("a streamed answer that a middleware in front drops is written to its end")
    func droppedStream() async throws {
        let rule = try RouteRule(path: "/pay") { $0.maximumResponse = 10 }
        let app = try shop.app(rules: [rule]) { router, effects in
            router.post("pay") { _, _ in
                Response(
                    status: .ok,
                    body: .init { writer in
                        for _ in 0..<3 { try await writer.write(ByteBuffer(repeating: 7, count: 8)) }
                        effects.count()
                        try await writer.finish(nil)
                    })
            }
        }
        let context = ShopContext(source: .init(channel: NIOAsyncTestingChannel(), logger: app.logger))
        #expect(try await app.responder.respond(to: payment, context: context).status == .ok)
        try await app.test(.router) { client async throws in
            #expect(try await answer(client, "k").status == .gone)
        }
        #expect(shop.effects.total == 1)
    }

    /// A request that comes through no connection.
    private var payment: Hummingbird.Request {
        Hummingbird.Request(
            head: .init(
                method: .post, scheme: "http", authority: "localhost", path: "/pay",
                headerFields: [.init(FieldName.idempotencyKey)!: "k"]),
            body: RequestBody(buffer: ByteBuffer()))
    }

    /// Sends the same through a connection, waits until the handler has come, hangs up and lets the handler go on.
    private func hangUp(port: Int) async throws {
        let caller = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "localhost", port: port).get()
        let request = "POST /pay HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: k\r\nContent-Length: 0\r\n\r\n"
        try await caller.writeAndFlush(ByteBuffer(string: request))
        await gate.arrived()
        try await caller.close()
        gate.open()
    }

    /// Asks with the request of these tests until it is no longer under way.
    private func answer(_ client: any TestClientProtocol, _ key: String) async throws -> TestResponse {
        let headers: HTTPFields = [.init(FieldName.idempotencyKey)!: key]
        while true {
            let response = try await client.execute(uri: "/pay", method: .post, headers: headers) { $0 }
            guard response.status == .conflict else { return response }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

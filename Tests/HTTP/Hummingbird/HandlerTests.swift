import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Idempotency
import IdempotencyHTTP
import IdempotencyHummingbird
import Logging
import Synchronization
import Testing

@Suite("What a handler sees") struct HandlerTests {
    @TaskLocal static var trace = "none"

    @Test("its attempt, with a fence that grows and keys downstream that stay the same")
    func attempt() async throws {
        let shop = Shop(interrupted: .rerun)
        let seen = Mutex<[(fence: Fence, key: String)]>([])
        let app = try shop.app { router, effects in
            router.post("pay") { _, _ -> String in
                let attempt = try #require(Attempt.current)
                seen.withLock { $0.append((attempt.fence, attempt.derivedKey("bank"))) }
                guard effects.count() > 1 else { throw HTTPError(.tooManyRequests) }
                return "receipt"
            }
            router.get("pay") { _, _ in "\(Attempt.current == nil)" }
        }
        try await app.test(.router) { client async throws in
            #expect(try await client.pay("k").status == .tooManyRequests)
            #expect(try await client.pay("k").text == "receipt")
            #expect(try await client.pay("k", method: .get).text == "true")
        }
        let attempts = seen.withLock { $0 }
        #expect(attempts.count == 2 && attempts[0].fence < attempts[1].fence && attempts[0].key == attempts[1].key)
    }

    @Test("the task-local values and the context of its caller, and the body although it was read")
    func surroundings() async throws {
        let shop = Shop()
        let app = try shop.app { router, _ in
            router.post("pay/:id") { request, context in
                let body = try await String(buffer: request.body.collect(upTo: 100))
                return "\(Self.trace) \(context.user ?? "") \(try context.parameters.require("id")) \(body)"
            }
        }
        try await Self.$trace.withValue("trace-1") {
            try await app.test(.router) { client async throws in
                let response = try await client.pay("k", "/pay/7", body: "{}", headers: ["X-User": "a"])
                #expect(response.text == "trace-1 a 7 {}")
            }
        }
    }

    @Test("middlewares in front see the error of an interrupted handler")
    func errorsInFront() async throws {
        struct Crash: Error {}
        let seen = Mutex<(any Error)?>(nil)
        let router = Router()
        let once = Once(store: MemoryStore(), interrupted: .hold)
        router.add(middleware: ErrorWatch { error in seen.withLock { $0 = error } })
        router.add(middleware: IdempotencyMiddleware(once: once))
        router.post("pay") { _, _ -> Response in throw Crash() }
        try await Application(router: router).test(.router) { client async throws in
            #expect(try await client.pay("k").status == .conflict)
        }
        let error = try #require(seen.withLock { $0 } as? InterruptedHandler)
        #expect(error.cause is Crash)
    }

    @Test("once a shutdown has begun new requests are refused, and what runs ends")
    func shutdown() async throws {
        let shop = Shop()
        let gate = Gate()
        let app = try shop.app { router, effects in
            router.post("pay") { _, _ in
                await gate.pass()
                return "receipt \(effects.count())"
            }
            router.post("quick") { _, _ in "quick" }
        }
        try await app.test(.router) { client async throws in
            async let first = client.pay("k")
            await gate.arrived()
            async let isDrained = shop.once.drain()
            var refused = try await client.pay("quick 0", "/quick")
            var number = 0
            while refused.status == .ok {
                number += 1
                refused = try await client.pay("quick \(number)", "/quick")
            }
            gate.open()
            #expect(try refused.problem().type.hasSuffix("#shutting-down"))
            #expect(try await first.text == "receipt 1")
            #expect(await isDrained)
        }
    }

    @Test("pages of another origin may read that an answer is a replay")
    func crossOrigin() async throws {
        let router = Router()
        router.add(middleware: CORSMiddleware())
        router.add(middleware: IdempotencyMiddleware(once: Once(store: MemoryStore(), interrupted: .hold)))
        router.post("pay") { _, _ in "receipt" }
        try await Application(router: router).test(.router) { client async throws in
            for round in 0..<2 {
                let response = try await client.pay("k", headers: ["Origin": "https://shop.example"])
                #expect(response["Access-Control-Allow-Origin"] == "https://shop.example")
                let exposed = response["Access-Control-Expose-Headers"]
                #expect(exposed == (round > 0 ? FieldName.replayed : nil))
            }
        }
    }

    @Test("a thousand requests with keys of their own, twice each, come out of their handlers")
    func many() async throws {
        let shop = Shop()
        try await shop.app().test(.router) { client async throws in
            for round in 0..<2 {
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<1000 { group.addTask { try await client.pay("k\(number)").isReplay } }
                    for try await isReplay in group { #expect(isReplay == (round > 0)) }
                }
            }
        }
        #expect(shop.effects.total == 1000)
    }
}

/// Tells of the errors that pass.
struct ErrorWatch<Context: RequestContext>: RouterMiddleware {
    let report: @Sendable (any Error) -> Void

    func handle(
        _ request: Hummingbird.Request, context: Context,
        next: (Hummingbird.Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            report(error)
            throw error
        }
    }
}

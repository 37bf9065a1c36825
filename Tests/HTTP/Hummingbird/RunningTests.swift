import Hummingbird
import HummingbirdTesting
import Idempotency
import IdempotencyHTTP
import Testing

/// The rows of DESIGN section 5 about an attempt that has not ended, or whose end nobody knows.
@Suite("While an attempt runs") struct RunningTests {
    let gate = Gate()
    let shop = Shop()

    private func heldApp(_ shop: Shop, rules: [RouteRule] = []) throws -> Application<RouterResponder<ShopContext>> {
        try shop.app(rules: rules) { router, effects in
            router.post("pay") { _, _ in
                await gate.pass()
                return "receipt \(effects.count())"
            }
        }
    }

    @Test("still running: a duplicate is a 409 with Retry-After, in the draft's words")
    func inProgress() async throws {
        try await heldApp(shop).test(.router) { client async throws in
            async let first = client.pay("k")
            await gate.arrived()
            let duplicate = try await client.pay("k")
            #expect(duplicate.status == .conflict && duplicate["Retry-After"] == "1")
            #expect(try duplicate.problem().title == "A request is outstanding for this Idempotency-Key")
            #expect(try duplicate.problem().retry == "same-key")
            gate.open()
            #expect(try await first.text == "receipt 1")
        }
    }

    @Test("same key, other request is told before still running")
    func mismatchFirst() async throws {
        try await heldApp(shop).test(.router) { client async throws in
            async let first = client.pay("k")
            await gate.arrived()
            #expect(try await client.pay("k", body: "{}").status == .unprocessableContent)
            gate.open()
            #expect(try await first.status == .ok)
        }
        #expect(shop.effects.total == 1)
    }

    @Test("still running: a duplicate waits up to the limit if so set, and gets the answer")
    func waits() async throws {
        let shop = Shop { $0.wait = .seconds(30) }
        try await heldApp(shop).test(.router) { client async throws in
            async let first = client.pay("k")
            await gate.arrived()
            async let duplicate = client.pay("k")
            gate.open()
            #expect(try await first.text == "receipt 1")
            #expect(try await duplicate.text == "receipt 1")
            #expect(try await duplicate.isReplay)
        }
        #expect(shop.effects.total == 1)
    }

    @Test("fifty duplicates at once: one effect, and every answer is the same or a 409")
    func fifty() async throws {
        let app = try shop.app { router, effects in
            router.post("pay") { _, _ in
                await Task.yield()
                return "receipt \(effects.count())"
            }
        }
        try await app.test(.router) { client async throws in
            let answers = try await withThrowingTaskGroup(of: TestResponse.self) { group in
                for _ in 0..<50 { group.addTask { try await client.pay("k") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.contains { $0.text == "receipt 1" && !$0.isReplay })
            #expect(answers.allSatisfy { $0.status == .conflict || $0.text == "receipt 1" })
            #expect(try await client.pay("k").isReplay)
        }
        #expect(shop.effects.total == 1)
    }

    @Test("in doubt: a 409 of its own type, and the operation never runs again by itself")
    func inDoubt() async throws {
        struct Crash: Error {}
        let app = try shop.app { router, effects in
            router.post("pay") { _, _ -> Response in
                effects.count()
                throw Crash()
            }
        }
        try await app.test(.router) { client async throws in
            for _ in 0..<3 {
                let response = try await client.pay("k")
                #expect(response.status == .conflict)
                #expect(try response.problem().type.hasSuffix("#in-doubt"))
                #expect(try response.problem().retry == "same-key-later")
            }
        }
        #expect(shop.effects.total == 1)
    }

    @Test("an interrupted handler runs again under rerun, and its error stays an error")
    func rerun() async throws {
        struct Crash: Error {}
        let shop = Shop(interrupted: .rerun)
        let app = try shop.app { router, effects in
            router.post("pay") { _, _ -> String in
                guard effects.count() > 1 else { throw Crash() }
                return "receipt"
            }
        }
        try await app.test(.router) { client async throws in
            #expect(try await client.pay("k").status == .internalServerError)
            #expect(try await client.pay("k").text == "receipt")
        }
    }

    @Test("an interrupted handler is asked about under reconcile, and what is found is the answer")
    func reconcile() async throws {
        struct Crash: Error {}
        let found = StoredResponse(status: 201, headers: ["Location": "/pay/7"], body: ArraySlice("found".utf8))
        let shop = Shop(interrupted: .reconcile { _ in .tookEffect(StoredAnswer.response(found).outcome) })
        let app = try shop.app { router, effects in
            router.post("pay") { _, _ -> Response in
                effects.count()
                throw Crash()
            }
        }
        try await app.test(.router) { client async throws in
            for _ in 0..<2 {
                let response = try await client.pay("k")
                #expect(response.status == .created && response.text == "found" && response["Location"] == "/pay/7")
            }
        }
        #expect(shop.effects.total == 1)
    }

    @Test("an outcome that cannot be written is in doubt for its own caller, and is written behind")
    func unrecorded() async throws {
        let store = BrokenStore(isBroken: false)
        let shop = Shop(store: store) { $0.lease = .milliseconds(200) }
        let app = try shop.app { router, effects in
            router.post("pay") { _, _ in
                store.set(isBroken: true)
                return "receipt \(effects.count())"
            }
        }
        try await app.test(.router) { client async throws in
            #expect(try await client.pay("k").problem().type.hasSuffix("#in-doubt"))
            store.set(isBroken: false)
            while try await client.pay("k").status == .conflict { try await Task.sleep(for: .milliseconds(10)) }
            #expect(try await client.pay("k").text == "receipt 1")
        }
        #expect(shop.effects.total == 1)
    }
}

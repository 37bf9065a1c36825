import Hummingbird
import HummingbirdTesting
import Idempotency
import IdempotencyHTTP
import Testing

@Suite("Whose key it is") struct ScopeTests {
    let shop = Shop()

    @Test("tenant B with tenant A's key runs on its own and learns nothing")
    func tenants() async throws {
        try await shop.app().test(.router) { client async throws in
            #expect(try await client.pay("k", headers: ["X-User": "a"]).text == "receipt 1")
            let b = try await client.pay("k", headers: ["X-User": "b"])
            #expect(b.text == "receipt 2" && !b.isReplay)
            #expect(try await client.pay("k", headers: ["X-User": "a"]).text == "receipt 1")
        }
    }

    @Test("a caller keeps its keys when its token is renewed, since the principal counts")
    func principal() async throws {
        try await shop.app().test(.router) { client async throws in
            try await client.pay("k", headers: ["X-User": "a", "Authorization": "Bearer 1"])
            #expect(try await client.pay("k", headers: ["X-User": "a", "Authorization": "Bearer 2"]).isReplay)
        }
    }

    @Test("without a principal the credential counts, and callers without one share a scope")
    func credential() async throws {
        try await shop.app().test(.router) { client async throws in
            #expect(try await client.pay("k", headers: ["Authorization": "Bearer 1"]).text == "receipt 1")
            #expect(try await client.pay("k", headers: ["Authorization": "Bearer 2"]).text == "receipt 2")
            #expect(try await client.pay("k").text == "receipt 3")
            #expect(try await client.pay("k").isReplay)
        }
    }

    @Test("a principal and a credential that look alike are two scopes")
    func kinds() async throws {
        try await shop.app().test(.router) { client async throws in
            #expect(try await client.pay("k", headers: ["X-User": "a"]).text == "receipt 1")
            #expect(try await client.pay("k", headers: ["Authorization": "a"]).text == "receipt 2")
            #expect(try await client.pay("k", headers: ["X-User": "anonymous"]).text == "receipt 3")
            #expect(try await client.pay("k").text == "receipt 4")
        }
    }

    @Test("callers without a credential are turned away where the route says so")
    func anonymous() async throws {
        let rule = try RouteRule(path: "/pay") { $0.scope.anonymous = .refuse }
        try await shop.app(rules: [rule]).test(.router) { client async throws in
            let response = try await client.pay("k")
            #expect(response.status == .unauthorized && response["WWW-Authenticate"] == "Bearer")
            #expect(try await client.pay("k", headers: ["X-User": "a"]).status == .ok)
        }
        #expect(shop.effects.total == 1)
    }

    @Test("a rule that names a header is obeyed, principal or not")
    func header() async throws {
        let rule = try RouteRule(path: "/pay") { $0.scope.source = .header("X-Tenant") }
        try await shop.app(rules: [rule]).test(.router) { client async throws in
            #expect(try await client.pay("k", headers: ["X-User": "a", "X-Tenant": "t"]).text == "receipt 1")
            #expect(try await client.pay("k", headers: ["X-User": "b", "X-Tenant": "t"]).isReplay)
            #expect(try await client.pay("k", headers: ["X-User": "a", "X-Tenant": "u"]).text == "receipt 2")
        }
    }

    @Test(
        "the credential is not in the record's label; the key is, unless switched off", arguments: [true, false])
    func label(keepsKeys: Bool) async throws {
        let store = MemoryStore()
        let shop = Shop(store: store) { $0.keepsKeys = keepsKeys }
        try await shop.app().test(.router) { client async throws in
            #expect(try await client.pay("k-1", headers: ["Authorization": "Bearer secret"]).status == .ok)
        }
        let record = try #require(try await store.records(RecordQuery()).entries.first?.record)
        #expect(record.label.operation == "POST /pay" && record.label.key == (keepsKeys ? "k-1" : ""))
        #expect(record.label.scope.hasPrefix("credential/") && !record.label.scope.contains("secret"))
    }
}

@Suite("Where the key is") struct KeySourceTests {
    let shop = Shop()

    @Test("in another header")
    func header() async throws {
        let rule = try RouteRule(path: "/pay") { $0.key = .header("PayPal-Request-Id") }
        try await shop.app(rules: [rule]).test(.router) { client async throws in
            for round in 0..<2 {
                #expect(try await client.pay(nil, headers: ["PayPal-Request-Id": "k"]).isReplay == (round > 0))
            }
        }
    }

    @Test("in a query item")
    func query() async throws {
        let rule = try RouteRule(path: "/pay") { $0.key = .query("requestId") }
        try await shop.app(rules: [rule]).test(.router) { client async throws in
            for round in 0..<2 { #expect(try await client.pay(nil, "/pay?requestId=k%2D1").isReplay == (round > 0)) }
        }
    }

    @Test("in the body, which the handler still gets; a body without it passes, or is refused where it is required")
    func body() async throws {
        for requirement in [Requirement.optional, .required] {
            let shop = Shop()
            let rule = try RouteRule(path: "/pay") {
                $0.key = .body(try! JSONPointer("/ClientRequestToken"))
                $0.requirement = requirement
            }
            let app = try shop.app(rules: [rule]) { router, effects in
                router.post("pay") { request, _ in
                    effects.count()
                    return try await String(buffer: request.body.collect(upTo: 1000))
                }
            }
            try await app.test(.router) { client async throws in
                let body = #"{"ClientRequestToken":"k","amount":1}"#
                for round in 0..<2 {
                    let response = try await client.pay(nil, body: body)
                    #expect(response.text == body && response.isReplay == (round > 0))
                }
                let without = try await client.pay(nil)
                #expect(without.status == (requirement == .required ? .badRequest : .ok))
                #expect(try await client.pay(nil, body: "{").status == .badRequest)
            }
            #expect(shop.effects.total == (requirement == .required ? 1 : 2))
        }
    }
}

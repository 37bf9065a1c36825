import Hummingbird
import HummingbirdTesting
import Idempotency
import IdempotencyHTTP
import NIOCore
import Testing

/// The table of DESIGN section 5, row by row.
@Suite("The HTTP contract") struct ContractTests {
    let shop = Shop()

    @Test("which methods: POST and PATCH are guarded", arguments: ["POST", "PATCH"])
    func guardedMethods(method: String) async throws {
        try await shop.app().test(.router) { client async throws in
            let first = try await client.pay("k", method: .init(method)!)
            let second = try await client.pay("k", method: .init(method)!)
            #expect(first.text == "receipt 1" && !first.isReplay)
            #expect(second.text == "receipt 1" && second.isReplay)
        }
    }

    @Test("which methods: all others pass through", arguments: ["GET", "OPTIONS", "TRACE", "PUT", "DELETE"])
    func otherMethods(method: String) async throws {
        try await shop.app().test(.router) { client async throws in
            for _ in 0..<2 { #expect(try await !client.pay("k", method: .init(method)!).isReplay) }
        }
        #expect(shop.effects.total == 2)
    }

    @Test("which methods: DELETE and PUT by choice", arguments: ["PUT", "DELETE"])
    func chosenMethods(method: String) async throws {
        let rule = try RouteRule(method, path: "/pay") { $0.requirement = .required }
        try await shop.app(rules: [rule]).test(.router) { client async throws in
            #expect(try await client.pay(nil, method: .init(method)!).status == .badRequest)
            for round in 0..<2 { #expect(try await client.pay("k", method: .init(method)!).isReplay == (round > 0)) }
        }
        #expect(shop.effects.total == 1)
    }

    @Test("which methods: a route can be switched off")
    func off() async throws {
        let rule = try RouteRule(path: "/pay") { $0.requirement = .off }
        try await shop.app(rules: [rule]).test(.router) { client async throws in
            for _ in 0..<2 { #expect(try await !client.pay("not, a \"key").isReplay) }
        }
        #expect(shop.effects.total == 2)
    }

    @Test("key syntax: the structured-field string and the bare form name the same key")
    func keyForms() async throws {
        try await shop.app().test(.router) { client async throws in
            #expect(try await !client.pay("abc").isReplay)
            #expect(try await client.pay("\"abc\"").isReplay)
            #expect(try await client.pay("\"abc\";v=1").isReplay)
        }
    }

    @Test(
        "key syntax: what is no key is a 400 before any look-up",
        arguments: [
            "", "\"\"", "a,b", "\"a", "\"a\\x\"", "\"a\" b", String(repeating: "k", count: 256), "\u{e9}",
        ])
    func badKeys(key: String) async throws {
        let shop = Shop(store: BrokenStore())
        try await shop.app().test(.router) { client async throws in
            let response = try await client.pay(key)
            #expect(response.status == .badRequest)
            #expect(try response.problem().title == "Idempotency-Key is invalid")
        }
        #expect(shop.effects.total == 0)
    }

    @Test("key syntax: two header lines are a 400")
    func twoLines() async throws {
        try await shop.app().test(.router) { client async throws in
            let response = try await client.execute(
                uri: "/pay", method: .post,
                headers: .init([
                    .init(name: .init(FieldName.idempotencyKey)!, value: "a"),
                    .init(name: .init(FieldName.idempotencyKey)!, value: "a"),
                ])
            ) { $0 }
            #expect(try response.problem().detail.contains("2 times"))
        }
        #expect(shop.effects.total == 0)
    }

    @Test("missing and required: 400, the draft's title, and a link to the policy, which is published there")
    func missing() async throws {
        let rule = try RouteRule(path: "/pay") { $0.requirement = .required }
        try await shop.app(rules: [rule]).test(.router) { client async throws in
            let response = try await client.pay(nil)
            #expect(response.status == .badRequest)
            #expect(try response.problem().title == "Idempotency-Key is missing")
            #expect(try response.problem().retry == "new-key")
            let link = try #require(response["Link"])
            #expect(link.hasPrefix("</.well-known/idempotency>; rel=\"describedby\""))
            try await client.execute(uri: "/.well-known/idempotency", method: .get) { policy in
                #expect(policy.status == .ok)
                #expect(policy.text.contains("draft-ietf-httpapi-idempotency-key-header-07"))
                #expect(policy.text.contains(#""path":"/pay""#))
            }
        }
        #expect(shop.effects.total == 0)
    }

    @Test("same key, other request: 422 for another body, another query and another route")
    func mismatch() async throws {
        let app = try shop.app { router, effects in
            Shop.paying(router: router, effects: effects)
            router.post("refund") { _, _ in "refund \(effects.count())" }
        }
        try await app.test(.router) { client async throws in
            try await client.pay("k")
            for response in [
                try await client.pay("k", body: #"{"amount":2}"#), try await client.pay("k", "/pay?dry=1"),
                try await client.pay("k", "/refund"),
            ] {
                #expect(response.status == .unprocessableContent)
                #expect(try response.problem().title == "Idempotency-Key is already used")
                #expect(try response.problem().retry == "never")
                #expect(!response.text.contains("receipt"))
            }
            #expect(try await client.pay("k", body: #"{ "amount" : 1 }"#).isReplay)
        }
        #expect(shop.effects.total == 1)
    }

    @Test("completed: the stored status, body and allow-listed headers, byte for byte, and the marks of a replay")
    func completed() async throws {
        let app = try shop.app { router, effects in
            router.post("pay") { _, _ in
                effects.count()
                return Response(
                    status: .created,
                    headers: [
                        .contentType: "application/octet-stream", .location: "/pay/1", .setCookie: "session=1",
                        .eTag: "\"v1\"",
                    ],
                    body: .init(byteBuffer: ByteBuffer(bytes: [0, 255, 10, 13, 0])))
            }
        }
        try await app.test(.router) { client async throws in
            let first = try await client.pay("k")
            let replay = try await client.pay("k")
            #expect(first["Set-Cookie"] == "session=1" && first[FieldName.replayed] == nil)
            #expect(replay.status == .created && replay.body == first.body && replay.isReplay)
            for name in ["Content-Type", "Location", "ETag", "Content-Length"] { #expect(replay[name] == first[name]) }
            #expect(replay["Set-Cookie"] == nil && replay["Cache-Control"] == "no-store")
            #expect(replay[FieldName.replayStripped] == "set-cookie")
        }
        #expect(shop.effects.total == 1)
    }

    @Test("store unreachable: 503 with Retry-After, and nothing reaches the operation")
    func unreachable() async throws {
        let shop = Shop(store: BrokenStore())
        try await shop.app().test(.router) { client async throws in
            let response = try await client.pay("k")
            #expect(response.status == .serviceUnavailable && response["Retry-After"] == "1")
            #expect(try response.problem().retry == "same-key")
            #expect(try await client.pay("k", method: .get).status == .ok)
        }
        #expect(shop.effects.total == 1)
    }

    @Test("profile stripe: a mismatch is a 400 idempotency_error, in Stripe's shape")
    func stripe() async throws {
        try await shop.app(refusals: RefusalFormat(profile: .stripe)).test(.router) { client async throws in
            try await client.pay("k")
            let response = try await client.pay("k", body: "{}")
            #expect(response.status == .badRequest)
            #expect(response.text.contains(#""error":{"type":"idempotency_error""#))
        }
    }
}

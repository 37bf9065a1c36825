import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Idempotency
import IdempotencyHTTP
import IdempotencyHummingbird
import Testing

@Suite("What answers mean for their key") struct OutcomeTests {
    let shop = Shop()

    private func answering(_ response: @escaping @Sendable () throws -> Response) throws -> some ApplicationProtocol {
        try shop.app { router, effects in
            router.post("pay") { _, _ in
                effects.count()
                return try response()
            }
        }
    }

    @Test(
        "2xx, 3xx, 4xx and 500 that a handler returned are stored",
        arguments: [200, 204, 303, 400, 404, 409, 422, 500])
    func stored(status: Int) async throws {
        try await answering { Response(status: .init(code: status)) }.test(.router) { client async throws in
            for round in 0..<2 {
                let response = try await client.pay("k")
                #expect(response.status.code == status && response.isReplay == (round > 0))
            }
        }
        #expect(shop.effects.total == 1)
    }

    @Test("an error that makes a response is stored and replayed byte for byte")
    func thrown() async throws {
        let app = try answering {
            throw HTTPError(.init(code: 402), headers: [.location: "/top-up"], message: "No money")
        }
        try await app.test(.router) { client async throws in
            let first = try await client.pay("k")
            let replay = try await client.pay("k")
            #expect(first.status.code == 402 && first.text == #"{"error":{"message":"No money"}}"#)
            #expect(replay.status == first.status && replay.body == first.body && replay.isReplay)
            for name in ["Content-Type", "Location", "Content-Length"] { #expect(replay[name] == first[name]) }
        }
        #expect(shop.effects.total == 1)
    }

    @Test(
        "refusals before execution free the key, thrown or returned",
        arguments: [401, 403, 408, 425, 429, 503], [true, false])
    func released(status: Int, isThrown: Bool) async throws {
        let app = try answering {
            if isThrown { throw HTTPError(.init(code: status), headers: [.retryAfter: "1"], message: "later") }
            return Response(status: .init(code: status), headers: [.retryAfter: "1"])
        }
        try await app.test(.router) { client async throws in
            for _ in 0..<2 {
                let response = try await client.pay("k")
                #expect(response.status.code == status && !response.isReplay)
            }
        }
        #expect(shop.effects.total == 2)
    }

    @Test("502 and 504 leave the key in doubt; the first caller gets them", arguments: [502, 504])
    func inDoubt(status: Int) async throws {
        try await answering { Response(status: .init(code: status)) }.test(.router) { client async throws in
            #expect(try await client.pay("k").status.code == status)
            #expect(try await client.pay("k").problem().type.hasSuffix("#in-doubt"))
        }
        #expect(shop.effects.total == 1)
    }

    @Test("a route may say otherwise")
    func exception() async throws {
        let rule = try RouteRule(path: "/pay") { $0.statuses = StatusPolicy(rules: [.init(409, .release)]) }
        let app = try shop.app(rules: [rule]) { router, effects in
            router.post("pay") { _, _ in
                effects.count()
                return Response(status: .conflict)
            }
        }
        try await app.test(.router) { client async throws in
            for _ in 0..<2 { #expect(try await !client.pay("k").isReplay) }
        }
        #expect(shop.effects.total == 2)
    }

    @Test(
        "a handler says what its answer means, by a header that does not go out",
        arguments: [
            ("not-executed", 2, nil), ("unknown", 1, "#in-doubt"), ("final", 1, nil),
        ])
    func said(word: String, effects: Int, problem: String?) async throws {
        let app = try answering {
            Response(status: .serviceUnavailable, headers: [HTTPField.Name(FieldName.outcome)!: word])
        }
        try await app.test(.router) { client async throws in
            let first = try await client.pay("k")
            let second = try await client.pay("k")
            #expect(first.status == .serviceUnavailable && first[FieldName.outcome] == nil)
            if let problem {
                #expect(try second.problem().type.hasSuffix(problem))
            } else {
                #expect(second.status == .serviceUnavailable && second.isReplay == (word == "final"))
            }
        }
        #expect(shop.effects.total == effects)
    }

    @Test("a handler says by a classified error that it did nothing")
    func notExecuted() async throws {
        let app = try answering { throw Classified.retryable(HTTPError(.conflict, message: "sold out for now")) }
        try await app.test(.router) { client async throws in
            for _ in 0..<2 {
                let response = try await client.pay("k")
                #expect(response.status == .conflict && response.text.contains("sold out") && !response.isReplay)
            }
        }
        #expect(shop.effects.total == 2)
    }

    @Test("a handler says by a classified error that it does not know")
    func unknown() async throws {
        let app = try answering { throw Classified.unknown(HTTPError(.badGateway, message: "the bank hung up")) }
        try await app.test(.router) { client async throws in
            #expect(try await client.pay("k").status == .badGateway)
            #expect(try await client.pay("k").problem().type.hasSuffix("#in-doubt"))
        }
        #expect(shop.effects.total == 1)
    }

    @Test(
        "errors that make no response are what the user says they are",
        arguments: [
            (Failure.retryable, 500, 2), (.final, 500, 1), (.unknown, 409, 1),
        ])
    func classified(failure: Failure, status: Int, effects: Int) async throws {
        struct Declined: Error {}
        var shop = Shop()
        shop.classify = { $0 is Declined ? failure : nil }
        let app = try shop.app { router, effects in
            router.post("pay") { _, _ -> Response in
                effects.count()
                throw Declined()
            }
        }
        try await app.test(.router) { client async throws in
            for _ in 0..<2 { #expect(try await client.pay("k").status.code == status) }
        }
        #expect(shop.effects.total == effects)
    }

    @Test("a path without a handler takes no key")
    func unrouted() async throws {
        try await shop.app().test(.router) { client async throws in
            for _ in 0..<2 {
                let response = try await client.pay("k", "/nowhere")
                #expect(response.status == .notFound && !response.isReplay)
            }
            #expect(try await client.pay("k").text == "receipt 1")
        }
    }
}

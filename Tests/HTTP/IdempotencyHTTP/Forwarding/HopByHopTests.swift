import IdempotencyHTTP
import Testing

@Suite("Headers on their way")
struct HopByHopTests {
    @Test("of one connection are dropped, named in Connection or not", arguments: HopByHop.names + ["X-Custom"])
    func dropped(name: String) throws {
        let headers: Headers = Headers([
            HeaderField(name, "x"), HeaderField("connection", "x-custom, close"), HeaderField("A", "b"),
        ])
        #expect(try HopByHop.request(headers) == ["A": "b"])
        #expect(HopByHop.response(headers) == ["A": "b"])
    }

    @Test(
        "that matter here cannot be removed by naming them in Connection",
        arguments: ["Idempotency-Key", "authorization", "COOKIE", "Idempotency-Attempt", "Host", "Content-Length"])
    func nominated(name: String) {
        #expect(throws: Refusal.self) {
            try HopByHop.request(["Connection": "close", "connection": "keep-alive, \(name)"])
        }
    }

    @Test("that a route's key or scope is read from cannot be removed either")
    func significant() throws {
        #expect(throws: Refusal.forbiddenHeader("X-Tenant")) {
            try HopByHop.request(["Connection": "x-tenant", "X-Tenant": "1"], significant: ["X-Tenant"])
        }
        #expect(try HopByHop.request(["Connection": "x-tenant", "X-Tenant": "1"]) == [:])
    }

    @Test(
        "that only this project's parts may set are dropped",
        arguments: ["Idempotent-Replayed", "idempotency-attempt", "Idempotency-Outcome", "Idempotency-Replay-Stripped"])
    func internalHeaders(name: String) throws {
        let headers = Headers([HeaderField(name, "1"), HeaderField("A", "b")])
        #expect(try HopByHop.request(headers) == ["A": "b"])
        #expect(HopByHop.response(headers) == ["A": "b"])
    }

    @Test(
        "in a disguise are refused",
        arguments: ["Idempotency_Key", "IDEMPOTENCY_KEY", "Content_Length", "transfer_encoding", "Idempotency_Attempt"])
    func disguised(name: String) throws {
        #expect(throws: Refusal.self) { try HeaderDisguise.check(Headers([HeaderField(name, "1")])) }
        try HeaderDisguise.check(["X_Other": "1", "Idempotency-Key": "2"])
        #expect(throws: Refusal.forbiddenHeader("X-Tenant")) {
            try HeaderDisguise.check(["x_tenant": "1"], significant: ["X-Tenant"])
        }
    }

    @Test("are limited in number and size, as the target is")
    func limits() {
        var limits = RequestLimits()
        limits.headerCount = 2
        limits.headerBytes = 10
        limits.targetBytes = 5
        func status(_ target: String, _ headers: Headers) -> Int? {
            limits.status(exceededBy: RequestHead(method: "POST", target: target, headers: headers))
        }
        #expect(status("/1234", ["A": "123456789"]) == nil)
        #expect(status("/12345", [:]) == 414)
        #expect(status("/", ["A": "1234567890"]) == 431)
        #expect(status("/", ["A": "", "B": "", "C": ""]) == 431)
    }
}

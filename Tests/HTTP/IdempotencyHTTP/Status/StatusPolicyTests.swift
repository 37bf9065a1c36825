import Idempotency
import IdempotencyHTTP
import Testing

@Suite("What an answer means for its key")
struct StatusPolicyTests {
    @Test(
        "2xx, 3xx, 4xx and 500 are stored",
        arguments: [
            200, 201, 202, 204, 206, 299, 300, 301, 303, 304, 308, 400, 402, 404, 409, 410, 418, 422, 451, 499, 500,
            501, 505,
        ])
    func stored(status: Int) {
        #expect(StatusPolicy.standard.disposition(of: status, headers: [:]) == .store)
    }

    @Test("what was refused before execution frees the key", arguments: [401, 403, 408, 425, 429])
    func released(status: Int) {
        #expect(StatusPolicy.standard.disposition(of: status, headers: [:]) == .release)
    }

    @Test("503 frees the key with Retry-After and leaves a doubt without")
    func unavailable() {
        #expect(StatusPolicy.standard.disposition(of: 503, headers: ["retry-after": "1"]) == .release)
        #expect(StatusPolicy.standard.disposition(of: 503, headers: [:]) == .inDoubt)
    }

    @Test("other 5xx leave a doubt", arguments: [502, 504, 506, 507, 508, 511, 520, 599, 600, 999, 101])
    func inDoubt(status: Int) {
        #expect(StatusPolicy.standard.disposition(of: status, headers: ["Retry-After": "1"]) == .inDoubt)
    }

    @Test("a route's rules come first, and the first that fits counts")
    func rules() {
        let policy = StatusPolicy(rules: [
            .init(409, header: "Transient-Error", .release), .init(400...499, .store), .init(502, .release),
        ])
        #expect(policy.disposition(of: 409, headers: ["transient-error": "true"]) == .release)
        #expect(policy.disposition(of: 409, headers: [:]) == .store)
        #expect(policy.disposition(of: 401, headers: [:]) == .store)
        #expect(policy.disposition(of: 502, headers: [:]) == .release)
        #expect(policy.disposition(of: 504, headers: [:]) == .inDoubt)
    }

    @Test(
        "what the operation says itself comes before all",
        arguments: [
            ("final", .store), ("not-executed", .release), ("unknown", .inDoubt), ("Final", .inDoubt), ("", .inDoubt),
        ]
            as [(String, Disposition)])
    func said(value: String, expected: Disposition) {
        let policy = StatusPolicy(rules: [.init(200...599, .store)])
        for status in [200, 401, 503, 504] {
            #expect(policy.disposition(of: status, headers: ["Idempotency-Outcome": value]) == expected)
        }
    }

    @Test("an exchange that broke off leaves a doubt, but for one that never began")
    func failures() {
        #expect(ExchangeFailure.neverConnected.disposition == .release)
        #expect(ExchangeFailure.brokeOff.disposition == .inDoubt)
        #expect(ExchangeFailure.timedOut.disposition == .inDoubt)
        #expect(ExchangeFailure.neverConnected.refusal().retry == .sameKey)
        #expect(ExchangeFailure.brokeOff.refusal().status == 502)
        #expect(ExchangeFailure.timedOut.refusal().status == 504)
        #expect(ExchangeFailure.timedOut.refusal().retry == .sameKeyLater)
    }
}

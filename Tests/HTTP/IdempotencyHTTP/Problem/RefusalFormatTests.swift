import Foundation
import Idempotency
import IdempotencyHTTP
import Testing

@Suite("A refusal")
struct RefusalFormatTests {
    private func problem(_ refusal: Refusal, _ format: RefusalFormat = RefusalFormat()) throws -> [String: Any] {
        let body = format.response(to: refusal).body
        return try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
    }

    @Test(
        "has the status, title and advice of the contract",
        arguments: [
            (.keyMissing, 400, "Idempotency-Key is missing", "new-key"),
            (.keyInvalid(.unterminated), 400, "Idempotency-Key is invalid", "new-key"),
            (.mismatch, 422, "Idempotency-Key is already used", "never"),
            (
                .inProgress(retryAfter: .seconds(2)), 409, "A request is outstanding for this Idempotency-Key",
                "same-key"
            ),
            (.inDoubt(retryAfter: nil), 409, "The outcome of this Idempotency-Key is in doubt", "same-key-later"),
            (.storeUnavailable(retryAfter: .seconds(1)), 503, "The idempotency store cannot be reached", "same-key"),
            (
                .answerNotKept(Tombstone(reason: .stream, status: 200)), 410,
                "The answer to this Idempotency-Key was not kept", "never"
            ),
            (.upstreamUnreachable(retryAfter: .seconds(1)), 502, "The upstream cannot be reached", "same-key"),
            (.upstreamBrokeOff, 502, "The upstream broke off", "same-key-later"),
            (.upstreamTimedOut, 504, "The upstream did not answer in time", "same-key-later"),
            (.credentialMissing, 401, "The request has no credential", "same-key"),
            (.bodyTooLarge(limit: 10), 413, "The request body is too large", "never"),
        ] as [(Refusal, Int, String, String)])
    func contract(refusal: Refusal, status: Int, title: String, retry: String) throws {
        let response = RefusalFormat().response(to: refusal)
        let problem = try problem(refusal)
        #expect(response.status == status)
        #expect(problem["status"] as? Int == status)
        #expect(problem["title"] as? String == title)
        #expect(problem["retry"] as? String == retry)
        #expect(problem["type"] as? String == "/.well-known/idempotency#\(refusal.code)")
    }

    @Test("is problem details with a link to the documentation and is not cached", arguments: Refusal.examples)
    func headers(refusal: Refusal) throws {
        let response = RefusalFormat().response(to: refusal)
        #expect(response.headers["Content-Type"] == "application/problem+json")
        #expect(response.headers["Cache-Control"] == "no-store")
        let link = response.headers["Link"]
        #expect(link == "</.well-known/idempotency>; rel=\"describedby\"; type=\"application/json\"")
        let problem = try problem(refusal)
        #expect(Set(problem.keys) == ["type", "title", "status", "detail", "retry"])
        #expect((problem["detail"] as? String)?.isEmpty == false)
        #expect((response.status == 401) == response.headers.contains("WWW-Authenticate"))
    }

    @Test("is of a kind whose code is its own")
    func codes() {
        #expect(Set(Refusal.examples.map(\.code)).count == Refusal.examples.count)
        #expect(Set(Refusal.examples.map(\.title)).count == Refusal.examples.count)
    }

    @Test(
        "tells in whole seconds, rounded up, when to come back",
        arguments: [
            (.zero, "1"), (.milliseconds(1), "1"), (.seconds(1), "1"), (.milliseconds(1001), "2"), (.seconds(-5), "1"),
        ]
            as [(Duration, String)])
    func retryAfter(wait: Duration, expected: String) {
        #expect(RefusalFormat().response(to: .inProgress(retryAfter: wait)).headers["Retry-After"] == expected)
    }

    @Test("that can be repeated with the same key at once always says when")
    func sameKeySaysWhen() {
        for refusal in Refusal.examples where refusal.retry == .sameKey && refusal != .credentialMissing {
            #expect(refusal.retryAfter != nil, "\(refusal)")
        }
    }

    @Test("of Stripe's profile is a 400 idempotency_error for a mismatch")
    func stripeMismatch() throws {
        let format = RefusalFormat(profile: .stripe)
        let response = format.response(to: .mismatch)
        #expect(response.status == 400)
        #expect(response.headers["Content-Type"] == "application/json")
        #expect(response.headers["Stripe-Should-Retry"] == "false")
        let error = try #require(try problem(.mismatch, format)["error"] as? [String: Any])
        #expect(error["type"] as? String == "idempotency_error")
        #expect(error["retry"] as? String == "never")
        #expect((error["message"] as? String)?.isEmpty == false)
    }

    @Test("of Stripe's profile is a 409 idempotency_key_in_use while a request runs")
    func stripeInProgress() throws {
        let format = RefusalFormat(profile: .stripe)
        let response = format.response(to: .inProgress(retryAfter: .seconds(1)))
        #expect(response.status == 409)
        #expect(response.headers["Retry-After"] == "1")
        #expect(response.headers["Stripe-Should-Retry"] == "true")
        let error = try #require(try problem(.inProgress(retryAfter: .zero), format)["error"] as? [String: Any])
        #expect(error["code"] as? String == "idempotency_key_in_use")
        #expect(error["type"] as? String == "invalid_request_error")
    }

    @Test("of Stripe's profile has Stripe's shape whatever its kind", arguments: Refusal.examples)
    func stripeShape(refusal: Refusal) throws {
        let error = try #require(try problem(refusal, RefusalFormat(profile: .stripe))["error"] as? [String: Any])
        #expect(error["type"] != nil)
        #expect(error["retry"] as? String == refusal.retry.rawValue)
    }

    @Test("may lead to documentation elsewhere")
    func elsewhere() throws {
        let format = RefusalFormat(
            typePrefix: "https://example.com/problems/", documentation: "https://example.com/docs",
            documentationType: "text/html")
        #expect(try problem(.mismatch, format)["type"] as? String == "https://example.com/problems/key-mismatch")
        let link = format.response(to: .mismatch).headers["Link"]
        #expect(link == "<https://example.com/docs>; rel=\"describedby\"; type=\"text/html\"")
    }
}

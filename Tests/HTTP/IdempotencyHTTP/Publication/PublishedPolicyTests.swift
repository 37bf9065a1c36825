import Foundation
import Idempotency
import IdempotencyHTTP
import Testing

@Suite("The published policy")
struct PublishedPolicyTests {
    private func document(_ policy: GuardPolicy, _ format: RefusalFormat = RefusalFormat()) throws -> [String: Any] {
        let response = PublishedPolicy(of: policy, format: format).response()
        #expect(response.status == 200)
        #expect(response.headers["Content-Type"] == "application/json")
        return try #require(try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])
    }

    @Test("names the draft's revision, the syntax, the retention and what is stored")
    func content() throws {
        let policy = try GuardPolicy(rules: [
            RouteRule("DELETE", path: "/payments/{id}") {
                $0.requirement = .required
                $0.retention = .seconds(60)
                $0.key = .body(try! JSONPointer("/token"))
            }
        ])
        let document = try document(policy)
        #expect(document["specification"] as? String == "draft-ietf-httpapi-idempotency-key-header-07")
        let routes = try #require(document["routes"] as? [[String: Any]])
        #expect(routes.count == 2)
        #expect(routes[0]["methods"] as? [String] == ["DELETE"])
        #expect(routes[0]["path"] as? String == "/payments/{id}")
        #expect(routes[0]["key"] as? String == "required")
        #expect(routes[0]["keySource"] as? [String: String] == ["body": "/token"])
        #expect(routes[0]["retentionSeconds"] as? Int == 60)
        #expect(routes[1]["retentionSeconds"] as? Int == 86_400)
        #expect(routes[1]["methods"] as? [String] == ["POST", "PATCH"])
        let statuses = try #require(routes[1]["statuses"] as? [String: Any])
        #expect(
            statuses["store"] as? [String] == ["200-400", "402", "404-407", "409-424", "426-428", "430-501", "505"])
        #expect(statuses["release"] as? [String] == ["401", "403", "408", "425", "429"])
        #expect(statuses["in-doubt"] as? [String] == ["502-504", "506-599"])
        #expect(statuses["503WithRetryAfter"] as? String == "release")
    }

    @Test("names every refusal with its type and advice, as the profile has them")
    func refusals() throws {
        let stripe = RefusalFormat(profile: .stripe)
        let refusals = try #require(try document(GuardPolicy(), stripe)["refusals"] as? [[String: Any]])
        #expect(refusals.count == Refusal.examples.count)
        let mismatch = try #require(refusals.first { $0["type"] as? String == "/.well-known/idempotency#key-mismatch" })
        #expect(mismatch["status"] as? Int == 400)
        #expect(mismatch["retry"] as? String == "never")
    }
}

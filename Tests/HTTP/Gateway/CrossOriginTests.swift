import IdempotencyHTTP
import NIOHTTP1
import Testing

@testable import IdempotencyGateway

@Suite("Pages of other origins")
struct CrossOriginTests {
    private let shop = ("Origin", "https://shop.example")

    private static func listed(_ configuration: inout GatewayConfiguration) throws {
        configuration.crossOrigin = try CrossOriginRule(origins: ["https://shop.example", "https://www.shop.example"])
        configuration.policy = try GuardPolicy(
            defaults: {
                var settings = RouteSettings()
                settings.requirement = .required
                return settings
            }())
    }

    @Test("A listed page may read a refusal and a replay; another may not")
    func listed() async throws {
        try await Bench.run(configure: Self.listed) { _, reply in
            reply.answer(200, [], "done")
        } test: { bench, _ async throws in
            for (headers, status) in [([shop], 400), ([shop] + key, 200), ([shop] + key, 200)] {
                let answer = try await bench.request("POST", "/", headers, body: "1")
                #expect(answer.status == status)
                guard status == 400 || answer["Idempotent-Replayed"] != nil else { continue }
                #expect(answer["Access-Control-Allow-Origin"] == "https://shop.example")
                #expect(answer["Vary"] == "Origin")
                #expect(answer["Access-Control-Expose-Headers"]?.contains("Idempotent-Replayed") == true)
                #expect(answer["Access-Control-Expose-Headers"]?.contains("Retry-After") == true)
                #expect(answer["Access-Control-Allow-Credentials"] == nil)
            }
            let other = try await bench.request("POST", "/", [("Origin", "https://evil.example")], body: "1")
            #expect(other.status == 400)
            #expect(other["Access-Control-Allow-Origin"] == nil)
            let none = try await bench.request("POST", "/", [], body: "1")
            #expect(none["Access-Control-Allow-Origin"] == nil)
        }
    }

    @Test("No origin is reflected unless it was configured")
    func standard() async throws {
        try await Bench.run { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            for _ in 1...2 {
                let answer = try await bench.request("POST", "/", [shop] + key, body: "1")
                #expect(answer["Access-Control-Allow-Origin"] == nil)
            }
            #expect(try await bench.request("POST", "/", [shop] + key, body: "2")["Access-Control-Allow-Origin"] == nil)
        }
    }

    @Test("What the upstream said about origins stands")
    func upstream() async throws {
        try await Bench.run(configure: Self.listed) { _, reply in
            reply.answer(200, [("Access-Control-Allow-Origin", "*")])
        } test: { bench, _ async throws in
            for _ in 1...2 {
                let answer = try await bench.request("POST", "/", [shop] + key, body: "1")
                #expect(answer["Access-Control-Allow-Origin"] == "*")
                #expect(answer.count(of: "Access-Control-Allow-Origin") == 1)
            }
        }
    }

    @Test("With * every page may")
    func any() async throws {
        try await Bench.run(configure: { $0.crossOrigin = try CrossOriginRule(origins: ["*"]) }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            _ = try await bench.request("POST", "/", [shop] + key, body: "1")
            let refused = try await bench.request("POST", "/", [shop] + key, body: "2")
            #expect(refused.status == 422)
            #expect(refused["Access-Control-Allow-Origin"] == "*")
        }
    }

    @Test("A preflight is the upstream's to answer; leave to send the key is added where it allows the origin")
    func preflight() async throws {
        try await Bench.run(configure: Self.listed) { request, reply in
            #expect(request.method == "OPTIONS")
            let origin = request.uri == "/open" ? request.headers["Origin"].first : nil
            reply.answer(
                204,
                (origin.map { [("Access-Control-Allow-Origin", $0)] } ?? [])
                    + [("Access-Control-Allow-Methods", "POST"), ("Access-Control-Allow-Headers", "Content-Type")])
        } test: { bench, _ async throws in
            let asked = [
                ("Access-Control-Request-Method", "POST"),
                ("Access-Control-Request-Headers", "content-type,idempotency-key"),
            ]
            let allowed = try await bench.request("OPTIONS", "/open", [shop] + asked)
            #expect(allowed.status == 204)
            #expect(allowed["Access-Control-Allow-Headers"] == "Content-Type, Idempotency-Key")
            let closed = try await bench.request("OPTIONS", "/closed", [shop] + asked)
            #expect(closed["Access-Control-Allow-Origin"] == nil)
            #expect(closed["Access-Control-Allow-Headers"] == "Content-Type")
            let other = try await bench.request("OPTIONS", "/open", [("Origin", "https://evil.example")] + asked)
            #expect(other["Access-Control-Allow-Headers"] == "Content-Type")
        }
    }

    @Test(
        "Only origins are taken for origins",
        arguments: ["shop.example", "https://shop.example/", "null", "", "ftp://a"])
    func bad(text: String) {
        #expect(throws: RuleError.badOrigin(text)) { try CrossOriginRule(origins: [text]) }
        #expect(throws: RuleError.self) { try CrossOriginRule(origins: ["*", "https://shop.example"]) }
    }
}

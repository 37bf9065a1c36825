import Idempotency
import Testing

@testable import IdempotencyHTTP

@Suite("Which requests are guarded")
struct GuardPolicyTests {
    private let keyed: Headers = ["Idempotency-Key": "k"]

    private func verdict(_ policy: GuardPolicy, _ method: String, _ target: String, _ headers: Headers = [:]) -> String
    {
        switch policy.verdict(on: RequestHead(method: method, target: target, headers: headers)) {
        case .passThrough: "passes"
        case .guarded(let key, _): "guarded \(key)"
        case .keyInBody: "key in body"
        case .refused(let refusal): refusal.code
        }
    }

    @Test(
        "POST and PATCH with a key are guarded, other methods pass through",
        arguments: [
            ("POST", "guarded k"), ("PATCH", "guarded k"), ("post", "guarded k"), ("GET", "passes"), ("HEAD", "passes"),
            ("OPTIONS", "passes"), ("TRACE", "passes"), ("PUT", "passes"), ("DELETE", "passes"), ("CONNECT", "passes"),
            ("POSTS", "passes"), ("", "passes"),
        ])
    func methods(method: String, expected: String) throws {
        #expect(verdict(try GuardPolicy(), method, "/", keyed) == expected)
    }

    @Test("a request without a key passes where keys are optional and is refused where they are required")
    func requirement() throws {
        #expect(verdict(try GuardPolicy(), "POST", "/") == "passes")
        var settings = RouteSettings()
        settings.requirement = .required
        let strict = try GuardPolicy(defaults: settings)
        #expect(verdict(strict, "POST", "/") == "key-missing")
        #expect(verdict(strict, "GET", "/") == "passes")
        settings.requirement = .off
        let off = try GuardPolicy(defaults: settings)
        #expect(verdict(off, "POST", "/", ["Idempotency-Key": "\"broken"]) == "passes")
    }

    @Test("a broken key is refused, also where keys are optional")
    func brokenKey() throws {
        #expect(verdict(try GuardPolicy(), "POST", "/", ["Idempotency-Key": "\"a"]) == "key-invalid")
        #expect(
            verdict(try GuardPolicy(), "POST", "/", ["Idempotency-Key": "a", "idempotency-key": "b"]) == "key-invalid")
    }

    @Test("the first rule that fits counts, and DELETE is guarded by choice")
    func rules() throws {
        let policy = try GuardPolicy(rules: [
            RouteRule(path: "/payments/health") { $0.requirement = .off },
            RouteRule("POST", "DELETE", path: "/payments/**") { $0.requirement = .required },
            RouteRule("PUT", path: "/files/{name}") { $0.key = .query("token") },
        ])
        #expect(verdict(policy, "POST", "/payments/health", keyed) == "passes")
        #expect(verdict(policy, "POST", "/payments/1") == "key-missing")
        #expect(verdict(policy, "POST", "/x/../payments?y") == "key-missing")
        #expect(verdict(policy, "DELETE", "/payments/1", keyed) == "guarded k")
        #expect(verdict(policy, "DELETE", "/other", keyed) == "passes")
        #expect(verdict(policy, "PATCH", "/payments/1") == "passes")
        #expect(verdict(policy, "PUT", "/files/a?token=t") == "guarded t")
        #expect(verdict(policy, "PUT", "/files/a", keyed) == "passes")
        #expect(policy.routes.count == 4)
    }

    @Test("a key in the body is looked for once the body is there")
    func keyInBody() throws {
        let policy = try GuardPolicy(rules: [
            RouteRule(path: "/a") { $0.key = .body(try! JSONPointer("/token")) },
            RouteRule(path: "/b") {
                $0.key = .body(try! JSONPointer("/token"))
                $0.requirement = .required
            },
        ])
        #expect(verdict(policy, "POST", "/a") == "key in body")
        func bodyVerdict(_ path: String, _ body: String) throws -> GuardPolicy.BodyVerdict {
            policy.keyInBody(
                Array(body.utf8), of: try #require(policy.route(for: RequestHead(method: "POST", target: path))))
        }
        #expect(try bodyVerdict("/a", #"{"token":"t"}"#) == .guarded(IdempotencyKey("t")))
        #expect(try bodyVerdict("/a", "{}") == .passThrough)
        #expect(try bodyVerdict("/b", "{}") == .refused(.keyMissing))
        #expect(try bodyVerdict("/a", "nonsense") == .refused(.keyInvalid(.bodyNotJSON)))
    }

    @Test("rules that cannot be used are refused at start, with what is wrong")
    func unusableRules() throws {
        func policy(_ methods: String..., change: (inout RouteSettings) -> Void = { _ in }) throws {
            var settings = RouteSettings()
            change(&settings)
            _ = try GuardPolicy(rules: [RouteRule(methods: methods, path: .all, settings: settings)])
        }
        #expect(throws: RuleError.methodNotGuardable("GET")) { try policy("GET") }
        #expect(throws: RuleError.methodNotGuardable("post")) { try policy("post") }
        #expect(throws: RuleError.notPositive("retention")) { try policy { $0.retention = .zero } }
        #expect(throws: RuleError.notPositive("lease")) { try policy { $0.lease = .zero } }
        #expect(throws: RuleError.notPositive("max-body")) { try policy { $0.maximumBody = 0 } }
        #expect(throws: RuleError.notPositive("max-response")) { try policy { $0.maximumResponse = -1 } }
        #expect(throws: RuleError.badHeaderName("a b")) { try policy { $0.key = .header("a b") } }
        #expect(throws: RuleError.badHeaderName("")) { try policy { $0.scope.source = .headers(["X", ""]) } }
        #expect(throws: RuleError.neverReplayed("Set-Cookie")) {
            try policy { $0.replay = ReplayPolicy(additionalHeaders: ["Set-Cookie"]) }
        }
    }
}

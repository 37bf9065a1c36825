import Crypto
import Idempotency
import IdempotencyHTTP
import Testing

@Suite("The scope of a request")
struct ScopeRuleTests {
    private let alice: Headers = ["authorization": "Bearer alice"]
    private let bob: Headers = ["Authorization": "Bearer bob"]

    @Test("is that of the credential, which it does not contain")
    func credential() throws {
        let rule = ScopeRule()
        let scope = try rule.scope(of: alice)
        #expect(try rule.scope(of: ["Authorization": "Bearer alice", "X": "y"]) == scope)
        #expect(try rule.scope(of: bob) != scope)
        #expect(!scope.name.contains("alice"))
        #expect(scope.parts.last?.utf8.count == 64)
    }

    @Test("is another for two lines than for one that joins them")
    func twoLines() throws {
        let two: Headers = ["Authorization": "a", "Authorization": "b"]
        #expect(try ScopeRule().scope(of: two) != ScopeRule().scope(of: ["Authorization": "a, b"]))
        #expect(try ScopeRule().scope(of: two) != ScopeRule().scope(of: ["Authorization": "ab"]))
    }

    @Test("is hashed with the secret when there is one")
    func secret() throws {
        let rule = ScopeRule(secret: SymmetricKey(size: .bits256))
        #expect(try rule.scope(of: alice) != ScopeRule().scope(of: alice))
        #expect(try rule.scope(of: alice) == rule.scope(of: alice))
    }

    @Test("is one for all callers without a credential, or none when they are turned away")
    func anonymous() throws {
        #expect(try ScopeRule().scope(of: [:]) == ScopeRule.anonymousScope)
        #expect(try ScopeRule().scope(of: ["Authorization": ""]) == ScopeRule.anonymousScope)
        let strict = ScopeRule(anonymous: .refuse)
        #expect(throws: Refusal.credentialMissing) { try strict.scope(of: [:]) }
        #expect(try strict.scope(of: alice) != ScopeRule.anonymousScope)
    }

    @Test("may take several headers, all of which must be there")
    func severalHeaders() throws {
        let rule = ScopeRule(source: .headers(["X-Tenant", "Authorization"]), anonymous: .refuse)
        let one = try rule.scope(of: ["X-Tenant": "1", "Authorization": "a"])
        #expect(try rule.scope(of: ["X-Tenant": "2", "Authorization": "a"]) != one)
        #expect(try rule.scope(of: ["X-Tenant": "1", "Authorization": "b"]) != one)
        #expect(throws: Refusal.credentialMissing) { try rule.scope(of: ["X-Tenant": "1"]) }
    }

    @Test("may be an identity that the program verified, whatever the headers say")
    func verified() throws {
        let rule = ScopeRule(source: .verified, anonymous: .refuse)
        #expect(try rule.scope(of: alice, verified: "user 1") == rule.scope(of: bob, verified: "user 1"))
        #expect(try rule.scope(of: alice, verified: "user 1") != rule.scope(of: alice, verified: "user 2"))
        #expect(throws: Refusal.credentialMissing) { try rule.scope(of: alice) }
        #expect(try ScopeRule(source: .verified).scope(of: [:], verified: "anonymous") != ScopeRule.anonymousScope)
    }

    @Test("may be shared by all")
    func shared() throws {
        #expect(try ScopeRule(source: .shared).scope(of: alice) == ScopeRule(source: .shared).scope(of: bob))
    }
}

import Crypto
import Idempotency
import IdempotencyHTTP
import Testing

@Suite("The fingerprint of a request")
struct FingerprintRuleTests {
    private let json: Headers = ["Content-Type": "application/json"]

    private func fingerprint(
        _ target: String = "/payments", _ body: String = "{}", method: String = "POST", headers: Headers? = nil,
        rule: FingerprintRule = FingerprintRule()
    ) -> Fingerprint {
        let head = RequestHead(method: method, target: target, headers: headers ?? json)
        return rule.fingerprint(of: head, body: Array(body.utf8))
    }

    @Test("does not change with the order of members, white space, the order of the query or the case of a media type")
    func retries() {
        #expect(fingerprint("/p", #"{"a":1,"b":"é"}"#) == fingerprint("/p", "{ \"b\" : \"\\u00e9\",\n\"a\" : 1.0 }"))
        #expect(fingerprint("/p?a=1&b=2") == fingerprint("/p?b=2&a=1&"))
        #expect(fingerprint("/p") == fingerprint("http://host/p?"))
        let spelt: Headers = ["content-type": "Application/JSON ; Charset=UTF-8"]
        #expect(fingerprint(headers: ["Content-Type": "application/json;charset=utf-8"]) == fingerprint(headers: spelt))
    }

    @Test("changes with method, path, query, content type and body")
    func otherRequests() {
        let all = [
            fingerprint(), fingerprint(method: "PATCH"), fingerprint("/payments/"), fingerprint("/payments?dry=1"),
            fingerprint("/payments?dry=2"), fingerprint("/payments?a=1&a=2"), fingerprint("/payments?a=2&a=1"),
            fingerprint(headers: [:]), fingerprint(headers: ["Content-Type": "text/plain"]),
            fingerprint(headers: ["Content-Type": "application/json", "Content-Type": "application/json"]),
            fingerprint("/payments", "[]"), fingerprint("/payments", ""),
            fingerprint("/payments", #"{"a":9007199254740992}"#),
            fingerprint("/payments", #"{"a":9007199254740993}"#), fingerprint("/payments", #"{"a":1,"a":2}"#),
            fingerprint("/payments", #"{"a":2,"a":1}"#),
        ]
        #expect(Set(all).count == all.count)
    }

    @Test("takes a body that is not JSON, or has a member twice, by its bytes")
    func rawBodies() {
        #expect(fingerprint("/p", "{} x") != fingerprint("/p", "{}  x"))
        #expect(fingerprint("/p", #"{"a":1,"a":1}"#) != fingerprint("/p", #"{"a":1, "a":1}"#))
        #expect(
            fingerprint("/p", "{ }", headers: ["Content-Type": "text/plain"])
                != fingerprint("/p", "{}", headers: ["Content-Type": "text/plain"]))
    }

    @Test("never takes bytes for a canonical form: a body too large for one differs from the form itself")
    func formsNeverCollide() {
        var small = FingerprintRule()
        small.limits.size = 1
        #expect(fingerprint("/p", "{}", rule: small) != fingerprint("/p", "{}"))
    }

    @Test("of any type that ends in +json looks at values")
    func jsonTypes() {
        for type in ["application/problem+json", "text/json", "application/vnd.api+JSON; v=1"] {
            let headers: Headers = ["Content-Type": type]
            #expect(fingerprint("/p", "[1.0]", headers: headers) == fingerprint("/p", "[1]", headers: headers))
        }
    }

    @Test("keeps fields apart that run together")
    func lengthPrefixes() {
        #expect(fingerprint("/pa?b") != fingerprint("/p?ab"))
        #expect(fingerprint("/p?a&b") != fingerprint("/p?a%26b"))
        #expect(fingerprint("/", "", method: "POST") != fingerprint("T/", "", method: "POS"))
    }

    @Test("leaves out what the route names")
    func leavingOut() throws {
        let rule = FingerprintRule(leavingOut: [try JSONPointer("/sentAt")])
        #expect(
            fingerprint("/p", #"{"a":1,"sentAt":5}"#, rule: rule)
                == fingerprint("/p", #"{"sentAt":6,"a":1}"#, rule: rule))
        #expect(fingerprint("/p", #"{"a":1}"#, rule: rule) != fingerprint("/p", #"{"a":2}"#, rule: rule))
        var later = FingerprintRule()
        later.leavingOut = [try JSONPointer("/sentAt")]
        #expect(fingerprint("/p", #"{"sentAt":5}"#, rule: later) == fingerprint("/p", "{}"))
    }

    @Test("looks at further headers when the route names them")
    func furtherHeaders() {
        let rule = FingerprintRule(headers: ["Accept"])
        let (a, b): (Headers, Headers) = (["Accept": "text/html"], ["Accept": "text/plain"])
        #expect(fingerprint(headers: a, rule: rule) != fingerprint(headers: b, rule: rule))
        #expect(fingerprint(headers: a) == fingerprint(headers: b))
    }

    @Test("is a code of the secret when there is one")
    func secret() {
        let (a, b) = (SymmetricKey(size: .bits256), SymmetricKey(size: .bits256))
        let all = [
            fingerprint(), fingerprint(rule: FingerprintRule(secret: a)), fingerprint(rule: FingerprintRule(secret: b)),
        ]
        #expect(Set(all).count == 3)
        #expect(fingerprint(rule: FingerprintRule(secret: a)) == all[1])
    }

    @Test("of version 1 is the same for ever")
    func version() {
        let fingerprint = fingerprint("/payments?b=2&a=1", #"{"amount":100,"currency":"EUR"}"#)
        #expect(fingerprint.algorithm == 1)
        #expect(fingerprint.digest.description == "040e6f622db2f6417859031b435fdcc7f67203663b45ceb9c2e065890d2ff71a")
    }

    @Test("is the same for a body in one piece and for one that is not contiguous")
    func collections() {
        let head = RequestHead(method: "POST", target: "/", headers: json)
        let body = Array(#"{"a":1}"#.utf8)
        #expect(
            FingerprintRule().fingerprint(of: head, body: body.lazy.map { $0 })
                == FingerprintRule().fingerprint(of: head, body: body))
    }
}

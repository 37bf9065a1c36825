import Idempotency
import Testing

@testable import IdempotencyHTTP

@Suite("The Idempotency-Key header")
struct KeyHeaderTests {
    private func key(_ lines: String...) throws(KeyError) -> String? {
        let headers = Headers(lines.map { HeaderField("idempotency-key", $0) })
        return try KeySource.standard.key(in: RequestHead(method: "POST", target: "/", headers: headers))?.string
    }

    @Test(
        "names a key in quotes or bare",
        arguments: [
            ("\"8e03978e-40d5-43e8-bc93-6894a57f9324\"", "8e03978e-40d5-43e8-bc93-6894a57f9324"),
            ("8e03978e-40d5-43e8-bc93-6894a57f9324", "8e03978e-40d5-43e8-bc93-6894a57f9324"),
            ("  \"a\" \t", "a"), ("\ta ", "a"), ("\" a \"", " a "), ("a b", "a b"), ("a;b=1", "a;b=1"),
            (#""say \"hi\"""#, "say \"hi\""), (#""a\\b""#, #"a\b"#), (#"a\b"#, #"a\b"#), ("\"a,b\"", "a,b"),
            ("\"a\";v=1", "a"), ("\"a\"; v", "a"), ("\"a\";v=?1;*x=tok/en:1;_=2", nil), ("\"a\";v=?1;*x=t/e:1", "a"),
            ("\"a\";d=-12.125;b=:YWJj+/==:;s=\"q\\\"\"", "a"), ("\"a\";n=123456789012345", "a"),
        ])
    func namesAKeyInQuotesOrBare(value: String, expected: String?) throws {
        if let expected {
            #expect(try key(value) == expected)
        } else {
            #expect(throws: KeyError.self) { try key(value) }
        }
    }

    @Test("is missing when there is no line")
    func isMissing() throws {
        #expect(try key() == nil)
    }

    @Test(
        "is refused with the reason when it is malformed",
        arguments: [
            ("", KeyError.invalid(.empty)), ("  ", .invalid(.empty)), ("\"\"", .invalid(.empty)),
            ("\"\";a=1", .invalid(.empty)),
            ("a,b", .list(offset: 1)), ("\"a\", \"b\"", .list(offset: 3)), ("\"a\" ,\"b\"", .list(offset: 4)),
            ("\"a", .unterminated), ("\"a\\", .unterminated), ("\"a\\\"", .unterminated),
            (#""a\nb""#, .badEscape(offset: 2)), ("a\"b", .strayQuote(offset: 1)), ("\"a\"b", .trailing(offset: 3)),
            ("\"a\" ;b", .trailing(offset: 3)),
            ("\"a\";", .badParameter(offset: 4)), ("\"a\";A=1", .badParameter(offset: 4)),
            ("\"a\";b=", .badParameter(offset: 4)), ("\"a\";b=1.", .badParameter(offset: 4)),
            ("\"a\";b=1.2345", .badParameter(offset: 4)), ("\"a\";b=1234567890123456", .badParameter(offset: 4)),
            ("\"a\";b=\"x", .badParameter(offset: 4)), ("\"a\";b=:x", .badParameter(offset: 4)),
            ("\"a\";b=?2", .badParameter(offset: 4)), ("\"a\";b=-", .badParameter(offset: 4)),
            ("a\u{7F}", .invalid(.forbiddenByte(0x7F, offset: 1))), ("a\u{0}b", .invalid(.forbiddenByte(0, offset: 1))),
            ("\"a\u{1}\"", .invalid(.forbiddenByte(1, offset: 2))), ("a\tb", .invalid(.forbiddenByte(9, offset: 1))),
            ("\u{e9}", .invalid(.forbiddenByte(0xC3, offset: 0))),
        ])
    func isRefusedWithTheReason(value: String, reason: KeyError) {
        #expect(throws: reason) { try key(value) }
    }

    @Test("is refused when it comes in two lines, even in two equal ones")
    func isRefusedInTwoLines() {
        #expect(throws: KeyError.repeated(count: 2)) { try key("a", "a") }
        #expect(throws: KeyError.repeated(count: 2)) { try key("", "a") }
    }

    @Test("takes 255 characters and no more, in both forms")
    func takes255Characters() throws {
        let longest = String(repeating: "x", count: 255)
        #expect(try key(longest) == longest)
        #expect(try key("\"\(longest)\"") == longest)
        #expect(try key(#""\""# + longest.dropLast() + "\"")?.utf8.count == 255)
        #expect(throws: KeyError.invalid(.tooLong)) { try key(longest + "x") }
        #expect(throws: KeyError.invalid(.tooLong)) { try key("\"\(longest)x\"") }
    }

    @Test("is read from another header when the route says so")
    func isReadFromAnotherHeader() throws {
        let head = RequestHead(method: "POST", target: "/", headers: ["X-Request-Token": "t", "Idempotency-Key": "k"])
        #expect(try KeySource.header("x-request-token").key(in: head)?.string == "t")
    }

    @Test("never traps, whatever the bytes")
    func neverTraps() {
        var random = Seeded(seed: 0x5EED)
        let alphabet = Array("\"\\;=,: \tab*?1-./\u{1}é".unicodeScalars)
        for _ in 0..<20_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<random.below(12) { text.append(alphabet[random.below(alphabet.count)]) }
            _ = try? key(String(text))
        }
    }
}

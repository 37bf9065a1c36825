import IdempotencyHTTP
import Testing

@Suite("A path pattern")
struct PathPatternTests {
    @Test(
        "fits paths segment by segment",
        arguments: [
            ("/payments", "/payments", true), ("/payments", "/payments/1", false), ("/payments", "/Payments", false),
            ("/payments/{id}", "/payments/1", true), ("/payments/*", "/payments/1", true),
            ("/payments/{id}", "/payments", false), ("/payments/{id}/capture", "/payments/1/capture", true),
            ("/payments/{id}/capture", "/payments/1/refund", false), ("/files/**", "/files", true),
            ("/files/**", "/files/a/b/c", true), ("/files/**", "/file", false), ("/**", "/", true), ("/", "/", true),
            ("/", "/a", false), ("/a%20b", "/a b", true),
        ])
    func fits(pattern: String, path: String, expected: Bool) throws {
        #expect(try PathPattern(pattern).matches(path) == expected)
    }

    @Test(
        "fits other spellings that an upstream may take for the same path",
        arguments: [
            "/payments/", "//payments", "/./payments", "/x/../payments", "/%70ayments", "/x/%2e%2E/payments",
            "/../payments",
        ])
    func otherSpellings(path: String) throws {
        #expect(try PathPattern("/payments").matches(path))
    }

    @Test("does not take an encoded slash for a separator, and stands malformed escapes")
    func encodedSlash() throws {
        #expect(try !PathPattern("/a/b").matches("/a%2Fb"))
        #expect(try PathPattern("/{x}").matches("/a%2Fb"))
        #expect(try PathPattern("/{x}").matches("/%zz"))
    }

    @Test(
        "is refused when it does not parse", arguments: ["", "payments", "/**/a", "/a*b", "/{a", "/a?b", "/%zz", "/a}"])
    func malformed(pattern: String) {
        #expect(throws: RuleError.badPattern(pattern)) { try PathPattern(pattern) }
    }
}

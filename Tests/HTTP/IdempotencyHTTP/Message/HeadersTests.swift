import Testing

@testable import IdempotencyHTTP

@Suite("Headers and request heads")
struct HeadersTests {
    @Test("are found whatever the case of their names, and only whole names are")
    func lookUp() {
        var headers: Headers = ["Content-Type": "a", "CONTENT-TYPE": "b", "X": "c"]
        #expect(headers["content-type"] == "a")
        #expect(headers.values(of: "Content-type") == ["a", "b"])
        #expect(headers["content"] == nil)
        headers.set("content-TYPE", "d")
        #expect(headers == ["X": "c", "content-TYPE": "d"])
        #expect(!FieldName.areEqual("a[", "a{"), "only letters have a case")
        #expect(!FieldName.areEqual("K", "\u{212A}"), "the Kelvin sign is no K")
    }

    @Test("give the members of a list over all lines")
    func tokens() {
        let headers: Headers = ["Connection": "a, b ,,\tc", "connection": "", "Connection": "d,\u{301}e"]
        #expect(headers.tokens(of: "connection") == ["a", "b", "c", "d", "\u{301}e"])
    }

    @Test(
        "a target is cut at the first question mark, in every form",
        arguments: [
            ("/a?b=c?d", "/a", "b=c?d"), ("/a", "/a", nil), ("/a?", "/a", ""), ("http://h:1/a?b", "/a", "b"),
            ("https://h", "/", nil), ("http://h?q", "/", "q"), ("*", "*", nil), ("/a:b?x", "/a:b", "x"),
            ("/a?\u{301}b", "/a", "\u{301}b"), ("", "/", nil),
        ] as [(String, String, String?)])
    func target(target: String, path: String, query: String?) {
        let head = RequestHead(method: "GET", target: target)
        #expect(head.path.unicodeScalars.elementsEqual(path.unicodeScalars))
        #expect(head.query.map { Array($0.utf8) } == query.map { Array($0.utf8) })
    }
}

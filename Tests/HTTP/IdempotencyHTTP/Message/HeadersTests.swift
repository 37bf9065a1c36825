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

    @Test("of the same length and the same first, middle and last letters are told apart")
    func alike() {
        let headers: Headers = ["Xabcdez": "1", "Xbbcdfz": "2"]
        #expect(headers["xABCDEZ"] == "1" && headers["Xbbcdfz"] == "2" && headers["Xcbcdfz"] == nil)
        #expect(headers.count(of: "xbbcdfz") == 1 && headers.count(of: "Xaacdez") == 0)
    }

    @Test("stand in a message as they were added, and those that were removed do not")
    func message() {
        var headers: Headers = ["A": "1", "B": "", "C": "ä\"3", "b": "4", "D": "5"]
        #expect(pieces(of: headers) == ["A: 1\r\nB: \r\nC: ä\"3\r\nb: 4\r\nD: 5\r\n"])
        headers.remove("B")
        headers.append("E", "6")
        #expect(pieces(of: headers) == ["A: 1\r\n", "C: ä\"3\r\n", "D: 5\r\nE: 6\r\n"])
        #expect(headers.messageBytes == pieces(of: headers).joined().utf8.count)
        let filtered = headers.filtered { name, value in !FieldName.areEqual(name, "c") && !value.elementsEqual([0x35])
        }
        #expect(pieces(of: filtered) == ["A: 1\r\nE: 6\r\n"])
        #expect(filtered == ["A": "1", "E": "6"] && filtered.map(\.value) == ["1", "6"])
    }

    private func pieces(of headers: Headers) -> [String] {
        var pieces: [String] = []
        headers.forEachPiece { pieces.append(String(decoding: $0, as: UTF8.self)) }
        return pieces
    }

    @Test("are equal when their lines are, wherever these stand among bytes that were removed")
    func equality() {
        var headers: Headers = ["X": "1", "AB": "c"]
        headers.remove("x")
        #expect(headers == ["AB": "c"] && headers.hashValue == (["AB": "c"] as Headers).hashValue)
        #expect(headers != ["ab": "c"] && headers != ["AB": "d"] && headers != [:])
        // A name with what separates it from its value is another name.
        #expect(["A: B": "c"] as Headers != ["A": "B: c"] as Headers)
    }

    @Test("of a copy are its own")
    func copies() {
        let first: Headers = ["A": "1"]
        var second = first
        second.append("B", "2")
        second.set("A", "3")
        #expect(first == ["A": "1"] && second == ["B": "2", "A": "3"])
        #expect(first.has("1", in: "a") && !first.has("11", in: "a") && !second.has("1", in: "C"))
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

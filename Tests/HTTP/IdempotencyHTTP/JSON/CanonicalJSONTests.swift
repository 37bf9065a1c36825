import Testing

@testable import IdempotencyHTTP

@Suite("Canonical JSON")
struct CanonicalJSONTests {
    private func canonical(_ text: String, leavingOut pointers: [String] = []) throws -> String {
        let pointers = try pointers.map { try JSONPointer($0) }
        return String(decoding: try CanonicalJSON.bytes(of: Array(text.utf8), leavingOut: pointers), as: UTF8.self)
    }

    @Test(
        "orders members, removes white space and writes strings in the shortest way",
        arguments: [
            (" { } ", "{}"), ("[ ]", "[]"), ("[[],{}]", "[[],{}]"), ("\t\r\n true", "true"), ("null", "null"),
            (#"{"b":1,"a":[false, null]}"#, #"{"a":[false,null],"b":1}"#),
            (
                #"{"b":{"d":1,"c":2},"a":{"f":1,"e":{"h":1,"g":2}}}"#,
                #"{"a":{"e":{"g":2,"h":1},"f":1},"b":{"c":2,"d":1}}"#
            ),
            (#"{"":1,"a":2,"aa":3,"A":4}"#, #"{"":1,"A":4,"a":2,"aa":3}"#),
            (#""\u0041\/\u00e9\ud83d\ude00""#, "\"A/é😀\""),
            (#""\u000a\u0008\u000C\u001F\"\\""#, #""\n\b\f\u001f\"\\""#), ("\"\u{7F}\"", "\"\u{7F}\""),
            (#"{"\u0062":1,"a":2}"#, #"{"a":2,"b":1}"#), (#""\u0000""#, #""\u0000""#),
        ])
    func spelling(text: String, expected: String) throws {
        #expect(try canonical(text) == expected)
    }

    @Test("orders names by their UTF-16 code units (the example of RFC 8785 section 3.2.3)")
    func orderByUTF16() throws {
        let text = #"""
            {"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
             "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}
            """#
        let expected =
            #"{"\r":"Carriage Return","1":"One","\#u{80}":"Control","ö":"Latin Small Letter O With Diaeresis","#
            + #""€":"Euro Sign","😀":"Emoji: Grinning Face","\#u{FB33}":"Hebrew Letter Dalet With Dagesh"}"#
        #expect(try canonical(text).unicodeScalars.elementsEqual(expected.unicodeScalars))
    }

    @Test("orders every pair of names as their UTF-16 code units do")
    func orderOfPairs() throws {
        let names = [
            "", "\u{0}", "\u{1}", "\n", "\r", "\u{1F}", " ", "!", "\"", "#", "0", "A", "[", "\\", "]", "a", "b", "n",
            "u",
            "\u{7F}", "\u{80}", "é", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{EFFF}", "\u{F000}", "\u{FFFF}",
            "\u{10000}", "\u{1F600}", "\u{10FFFF}",
        ]
        let all = names + names.flatMap { first in names.dropFirst().map { first + $0 } }
        var random = Seeded(seed: 8785)
        for _ in 0..<3_000 {
            let (a, b) = (all[random.below(all.count)], all[random.below(all.count)])
            guard !a.unicodeScalars.elementsEqual(b.unicodeScalars) else { continue }
            let (x, y) = (Spelling.quoted(a, random: &random), Spelling.quoted(b, random: &random))
            let first = a.utf16.lexicographicallyPrecedes(b.utf16)
            let ordered = try canonical(first ? "{\(x):1,\(y):2}" : "{\(y):2,\(x):1}")
            #expect(try canonical("{\(x):1,\(y):2}") == ordered)
            #expect(try canonical("{\(y):2,\(x):1}") == ordered)
            #expect(ordered.hasSuffix(first ? ":2}" : ":1}"), "\(a.debugDescription) \(b.debugDescription)")
        }
    }

    @Test(
        "leaves out what a pointer names",
        arguments: [
            (["/a"], #"{"a":1,"b":2}"#, #"{"b":2}"#), (["/a"], #"{"a":{"x":[1,2]}}"#, "{}"),
            (["/a/b", "/c"], #"{"c":1,"a":{"b":1,"d":2}}"#, #"{"a":{"d":2}}"#),
            (["/a/0"], #"{"a":[1,2]}"#, #"{"a":[2]}"#),
            (["/a/0"], #"{"a":{"0":1,"1":2}}"#, #"{"a":{"1":2}}"#), (["/a/00"], #"{"a":[1]}"#, #"{"a":[1]}"#),
            (["/0"], "[1]", "[]"), (["/x"], "[1]", "[1]"),
            (["/a~1b", "/m~0n"], #"{"a/b":1,"m~n":2,"c":3}"#, #"{"c":3}"#),
            (["/é"], #"{"\u00e9":1,"e":2}"#, #"{"e":2}"#), (["/"], #"{"":1}"#, "{}"), ([""], #"{"a":1}"#, ""),
            (["/a"], #"{"b":{"a":1}}"#, #"{"b":{"a":1}}"#),
        ])
    func leavingOut(pointers: [String], text: String, expected: String) throws {
        #expect(try canonical(text, leavingOut: pointers) == expected)
    }

    @Test("a pointer is refused when it does not parse", arguments: ["a", "a/b", "/a~", "/a~2"])
    func badPointer(text: String) {
        #expect(throws: InvalidJSONPointer(string: text)) { try JSONPointer(text) }
    }

    @Test("sorts a hundred thousand small objects without copying the text for each")
    func notQuadratic() throws {
        let text = "[" + Array(repeating: #"{"b":1,"a":2}"#, count: 100_000).joined(separator: ",") + "]"
        let clock = ContinuousClock()
        let taken = try clock.measure { _ = try canonical(text) }
        #expect(taken < .seconds(20), "a copy for each would take minutes")
    }

    @Test("a zero exponent of any length costs nothing and an exponent of nineteen digits has no canonical form")
    func exponents() throws {
        #expect(try canonical("1e999999999") == "1e999999999")
        #expect(try canonical("0e99999999999999999999999") == "0")
        #expect(try canonical("1e00000000000000000000000000000001") == "1e1")
        #expect(throws: JSONRejection.exponentTooLong(offset: 1)) { try canonical("[1e1000000000000000000]") }
        #expect(try canonical("1e-999999999999999999") == "1e-999999999999999999")
    }
}

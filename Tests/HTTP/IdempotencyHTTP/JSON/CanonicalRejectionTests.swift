import IdempotencyHTTP
import Testing

@Suite("A text without a canonical form")
struct CanonicalRejectionTests {
    private func canonical(_ bytes: [UInt8], limits: CanonicalJSON.Limits = .init()) throws -> [UInt8] {
        try CanonicalJSON.bytes(of: bytes, limits: limits)
    }

    @Test(
        "is one that RFC 8259 does not allow",
        arguments: [
            "", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}",
            "{a:1}",
            "{'a':1}", "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "tru", "truex", "nul", "\"a\u{1}\"",
            "\"a\nb\"", "[1 2]", "{\"a\" 1}", "{} {}", "1,2", "//x\n1", "[1]x", "\u{FEFF}1", "{1:2}",
            "{\"a\":1 \"b\":2}",
        ])
    func syntax(text: String) {
        #expect(throws: JSONRejection.self) { try canonical(Array(text.utf8)) }
    }

    @Test(
        "is one with a member twice, however its name is spelt",
        arguments: [
            #"{"a":1,"a":1}"#, #"{"a":1,"b":2,"\u0061":1}"#, #"[{"x":{"é":1,"\u00e9":2}}]"#, #"{"b":1,"a":2,"b":3}"#,
        ])
    func duplicates(text: String) {
        let error = #expect(throws: JSONRejection.self) { try canonical(Array(text.utf8)) }
        guard case .duplicateMember = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("is not one where two objects have the same member, or names differ in normalisation only")
    func notDuplicates() throws {
        _ = try canonical(Array(#"[{"a":1},{"a":1},{"a":{"a":1}}]"#.utf8))
        _ = try canonical(Array("{\"\u{e9}\":1,\"e\u{301}\":2}".utf8))
    }

    @Test(
        "is one with half a surrogate pair",
        arguments: [#""\ud800""#, #""\udc00""#, #""\ud800x""#, #""\ud800\n""#, #""\ud800\u0041""#, #""\ud800\ud800""#])
    func surrogates(text: String) {
        #expect(throws: JSONRejection.loneSurrogate(offset: 1)) { try canonical(Array(text.utf8)) }
    }

    @Test(
        "is one that is not UTF-8",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xFF],
            [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98],
            [0xE2, 0x28, 0xA1], [0xE2, 0x82, 0x28], [0xF0, 0x9F, 0x98, 0x28],
        ] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        #expect(throws: JSONRejection.notUTF8(offset: 1)) { try canonical([0x22] + bytes + [0x22]) }
        #expect(throws: JSONRejection.self) { try canonical([0x22] + bytes) }
    }

    @Test("is one that is nested deeper or is larger than the limit")
    func limits() throws {
        var limits = CanonicalJSON.Limits()
        limits.depth = 3
        limits.size = 10
        _ = try canonical(Array("[[[1]]]".utf8), limits: limits)
        #expect(throws: JSONRejection.tooDeep(offset: 3)) { try canonical(Array("[[[[1]]]]".utf8), limits: limits) }
        #expect(throws: JSONRejection.tooLarge) { try canonical(Array("[1,2,3,4,5]".utf8), limits: limits) }
        let deep = [UInt8](repeating: 0x5B, count: 1 << 20)
        #expect(throws: JSONRejection.tooDeep(offset: 64)) { try canonical(deep) }
    }

    @Test("is found whatever the bytes, without a trap")
    func fuzz() {
        var random = Seeded(seed: 0xF022)
        let alphabet = Array(#"{}[]:,"\ue0019d8-+.tfn aé"#.utf8)
        for _ in 0..<30_000 {
            let text = (0..<random.below(24)).map { _ in alphabet[random.below(alphabet.count)] }
            guard let once = try? canonical(text) else { continue }
            #expect((try? canonical(once)) == once, "\(text)")
        }
    }
}

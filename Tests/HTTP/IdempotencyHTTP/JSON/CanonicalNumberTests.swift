import IdempotencyHTTP
import Testing

@Suite("Numbers in canonical JSON")
struct CanonicalNumberTests {
    private func canonical(_ text: String) throws -> String {
        String(decoding: try CanonicalJSON.bytes(of: Array(text.utf8)), as: UTF8.self)
    }

    @Test(
        "have one spelling for each value",
        arguments: [
            ["1", "1.0", "1e0", "10e-1", "1E+0", "1.000", "0.1e1", "100e-2", "0.0001e4"],
            ["0", "-0", "0.0", "-0.00", "0e5", "0E-5", "-0e999999999999"],
            ["100", "1e2", "1.00E+2", "1000e-1", "0.1e3"], ["-1.5", "-15e-1", "-0.15e1", "-1.50"],
            ["0.1", "1e-1", "0.10", "1.0e-1", "10E-2"],
            ["9007199254740993", "9007199254740993.0", "9007199254.740993e6"],
            ["123456789012345678901234567890", "1.2345678901234567890123456789e29", "12345678901234567890123456789e1"],
        ])
    func oneSpelling(spellings: [String]) throws {
        let forms = Set(try spellings.map { try canonical($0) })
        #expect(forms.count == 1)
    }

    @Test(
        "differ when their values differ, also beyond what a Double can tell",
        arguments: [
            ("9007199254740993", "9007199254740992"), ("0.1", "0.10000000000000000000000000001"), ("1", "-1"),
            ("1e400", "1e401"), ("1e-400", "0"), ("10", "1"), ("1.1", "11"), ("1e2", "12"), ("1", "\"1\""),
            ("100000000000000000001", "100000000000000000000"), ("true", "\"true\""), ("null", "0"),
        ])
    func differentValues(a: String, b: String) throws {
        #expect(try canonical(a) != canonical(b))
    }

    @Test(
        "are refused when RFC 8259 does not allow them",
        arguments: [
            "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x10", "1_000", "-01", "NaN", "Infinity", "1.e5", "--1", "1 2",
            "00",
        ])
    func malformed(text: String) {
        #expect(throws: JSONRejection.self) { try canonical(text) }
    }

    @Test("of a hundred thousand digits keep every digit")
    func long() throws {
        let digits = "1" + String(repeating: "7", count: 100_000)
        #expect(try canonical(digits + ".0") == digits)
        #expect(try canonical(digits + "0") == digits + "e1")
    }
}

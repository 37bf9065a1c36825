import Foundation
import Idempotency
import Testing

@Suite("The JSON form of results") struct PlainJSONTests {
    private func encoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    private func check<Value: Codable & Equatable>(_ value: Value) throws {
        let bytes = try OutcomeCoding.encode(value)
        #expect(bytes == Array(try encoder().encode(value)), "\(Value.self) \(value)")
        #expect(try OutcomeCoding.value(of: Outcome(.success, bytes), as: Value.self, among: []) == value)
    }

    /// Reads what the decoder reads, and refuses what it refuses.
    private func check<Value: Codable & Equatable>(_ bytes: [UInt8], as type: Value.Type) {
        let expected = try? JSONDecoder().decode(type, from: Data(bytes))
        let value = try? OutcomeCoding.value(of: Outcome(.success, bytes), as: type, among: [])
        #expect(value == expected, "\(type) from \(String(decoding: bytes, as: UTF8.self).debugDescription)")
    }

    @Test("Integers and truth values have the bytes that the encoder gives them, and come back")
    func numbers() throws {
        for number in [0, 1, -1, 9, 10, -10, 1 << 53 + 1, .max, .min] { try check(number) }
        for number in [Int64.min, 0, .max] { try check(number) }
        for number in [UInt64.min, 10, .max] { try check(number) }
        for number in [Int32.min, 0, .max] { try check(number) }
        for number in [UInt32.min, .max] { try check(number) }
        for value in [true, false] { try check(value) }
    }

    @Test("Strings have the bytes that the encoder gives them, and come back: plain ones, and those with escapes")
    func strings() throws {
        for string in ["", "a", "receipt 1", "a/b", "\"", "\\", "ä€😀", "e\u{301}", "\u{2028}", "\u{7F}", "\u{FEFF}x"] {
            try check(string)
        }
        for scalar in 0..<0x100 { try check("<\(Unicode.Scalar(UInt8(scalar)))>") }
        try check(String(repeating: "long and plain ", count: 1000))
    }

    @Test("Random strings have the bytes that the encoder gives them, and come back")
    func randomStrings() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var state = seed
        func next(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        for _ in 0..<300 {
            var string = ""
            for _ in 0..<next(20) {
                let scalar = UInt32(next(next(4) == 0 ? 0x11_0000 : 0x80))
                if let scalar = Unicode.Scalar(scalar) { string.unicodeScalars.append(scalar) }
            }
            do { try check(string) } catch { Issue.record("seed \(seed): \(error)") }
        }
    }

    @Test("Values that are not plain go through the encoder")
    func others() throws {
        try check(["b": 1, "a": 2])
        try check([Int?.none, 3])
        try check(2.5)
        try check(Optional(4))
        try check(Optional("x"))
    }

    @Test("Bytes of any other writer are read as the decoder reads them, or refused as it refuses them")
    func foreignBytes() {
        let integers = [
            "", "-", "0", "-0", "00", "01", "-01", "1.0", "1.5", "1e2", "+1", " 1", "1 ", "0x1", "true", "null",
            "\"1\"",
            "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
            "18446744073709551615", "18446744073709551616", "4294967296", "-1", "2147483648", "1a", "１",
        ]
        for text in integers {
            let bytes = Array(text.utf8)
            check(bytes, as: Int.self)
            check(bytes, as: Int64.self)
            check(bytes, as: UInt64.self)
            check(bytes, as: Int32.self)
            check(bytes, as: UInt32.self)
            check(bytes, as: Bool.self)
        }
        let strings = [
            "\"", "\"\"", "\"a\"b\"", "\"a", "a\"", "\"\\u0041\"", "\"\\\"", " \"a\" ", "\"a\nb\"", "\"\t\"", "1",
            "null",
        ]
        for text in strings { check(Array(text.utf8), as: String.self) }
        for bytes in [[0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] as [[UInt8]] {
            check(bytes, as: String.self)
        }
        for text in ["true", "false", "True", "tru", "false ", "1", "0"] { check(Array(text.utf8), as: Bool.self) }
    }
}

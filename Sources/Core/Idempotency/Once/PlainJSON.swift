/// The JSON form of integers, truth values and plain strings, without an encoder: the bytes are those that
/// `JSONEncoder` writes and `JSONDecoder` reads. Whatever is not so plain is left to them.
enum PlainJSON {
    /// The JSON form of `value`, or `nil` if it takes an encoder.
    static func encode<Value: Encodable>(_ value: Value) -> [UInt8]? {
        if Value.self == Int.self { return digits(value as? Int) }
        if Value.self == String.self { return quoted(value as? String) }
        if Value.self == Bool.self { return (value as? Bool).map { Array(($0 ? "true" : "false").utf8) } }
        if Value.self == Int64.self { return digits(value as? Int64) }
        if Value.self == UInt64.self { return digits(value as? UInt64) }
        if Value.self == Int32.self { return digits(value as? Int32) }
        if Value.self == UInt32.self { return digits(value as? UInt32) }
        return nil
    }

    /// The value that `bytes` are the JSON form of, or `nil` if it takes a decoder to tell.
    static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) -> Value? {
        if type == Int.self { return integer(Int.self, bytes) as? Value }
        if type == String.self { return unquoted(bytes) as? Value }
        if type == Bool.self { return truth(bytes) as? Value }
        if type == Int64.self { return integer(Int64.self, bytes) as? Value }
        if type == UInt64.self { return integer(UInt64.self, bytes) as? Value }
        if type == Int32.self { return integer(Int32.self, bytes) as? Value }
        if type == UInt32.self { return integer(UInt32.self, bytes) as? Value }
        return nil
    }

    private static func digits(_ number: (some FixedWidthInteger)?) -> [UInt8]? {
        number.map { Array($0.description.utf8) }
    }

    /// Between quotes, if nothing in it has to be escaped.
    private static func quoted(_ string: String?) -> [UInt8]? {
        guard var string else { return nil }
        return string.withUTF8 { utf8 in
            guard utf8.allSatisfy(isPlain) else { return nil }
            return [UInt8](unsafeUninitializedCapacity: utf8.count + 2) { bytes, count in
                bytes[0] = quote
                for index in utf8.indices { bytes[index + 1] = utf8[index] }
                count = utf8.count + 2
                bytes[count - 1] = quote
            }
        }
    }

    private static func unquoted(_ bytes: [UInt8]) -> String? {
        guard bytes.count >= 2, bytes.first == quote, bytes.last == quote else { return nil }
        let content = bytes[1..<bytes.count - 1]
        guard content.allSatisfy(isPlain) else { return nil }
        return String(validating: content, as: UTF8.self)
    }

    private static func truth(_ bytes: [UInt8]) -> Bool? {
        if bytes.elementsEqual("true".utf8) { return true }
        return bytes.elementsEqual("false".utf8) ? false : nil
    }

    /// Digits as an encoder writes them: no leading zero, no fraction, no exponent, within the range of the type.
    private static func integer<Number: FixedWidthInteger>(_ type: Number.Type, _ bytes: [UInt8]) -> Number? {
        let isNegative = bytes.first == 0x2D
        let digits = bytes.dropFirst(isNegative ? 1 : 0)
        guard let first = digits.first, first != 0x30 || bytes.count == 1 else { return nil }
        var number: Number = 0
        for digit in digits {
            guard 0x30...0x39 ~= digit else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            let value = Number(truncatingIfNeeded: digit - 0x30)
            let (sum, carried) =
                isNegative ? product.subtractingReportingOverflow(value) : product.addingReportingOverflow(value)
            guard !overflow, !carried else { return nil }
            number = sum
        }
        return number
    }

    private static let quote: UInt8 = 0x22

    /// Neither quote nor backslash nor control character.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != quote && byte != 0x5C
    }
}

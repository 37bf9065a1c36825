/// A value for a statement, or of a row. It travels as text; the server gives it the type that its place has.
public struct PostgresValue: Hashable, Sendable {
    /// The text form that PostgreSQL reads and writes, or `nil` for `NULL`.
    public let text: String?

    /// A value in the text form of its type, or `NULL`.
    public init(text: String?) {
        self.text = text
    }

    /// `NULL`
    public static let null = PostgresValue(text: nil)

    /// Text.
    public static func text(_ value: String) -> PostgresValue { PostgresValue(text: value) }

    /// A whole number.
    public static func integer(_ value: some BinaryInteger) -> PostgresValue { PostgresValue(text: "\(value)") }

    /// A number with a fraction. Amounts of money do not belong in it: send them as text into `numeric`.
    public static func double(_ value: Double) -> PostgresValue {
        PostgresValue(
            text: value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : "\(value)")
    }

    /// A truth value.
    public static func boolean(_ value: Bool) -> PostgresValue { PostgresValue(text: value ? "t" : "f") }

    /// Bytes, for `bytea`.
    public static func bytes(_ value: some Sequence<UInt8>) -> PostgresValue {
        let digits = Array("0123456789abcdef".utf8)
        let hexadecimal = value.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return PostgresValue(text: "\\x" + String(decoding: hexadecimal, as: UTF8.self))
    }

    /// The whole number in it, or `nil` for anything else.
    public var integer: Int64? { text.flatMap { Int64($0) } }

    /// The number in it.
    public var double: Double? { text.flatMap { Double($0) } }

    /// The truth value in it.
    public var boolean: Bool? {
        switch text {
        case "t": true
        case "f": false
        default: nil
        }
    }

    /// The bytes in it.
    public var bytes: [UInt8]? {
        guard let text, text.hasPrefix("\\x") else { return nil }
        let digits = text.utf8.dropFirst(2).map {
            UInt8(truncatingIfNeeded: Int(String(UnicodeScalar($0)), radix: 16) ?? 255)
        }
        guard digits.count.isMultiple(of: 2), !digits.contains(255) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}

extension PostgresValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral
{
    /// Text.
    public init(stringLiteral value: String) { self = .text(value) }
    /// A whole number.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// `NULL`
    public init(nilLiteral: ()) { self = .null }
}

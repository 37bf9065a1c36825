/// The body of a form (`application/x-www-form-urlencoded`), as the query protocol of AWS takes it.
struct FormBody: Hashable, Sendable {
    private(set) var text = ""

    /// Fields in this order.
    init(_ fields: KeyValuePairs<String, String>) {
        for (name, value) in fields { add(name, value) }
    }

    /// One more field.
    mutating func add(_ name: String, _ value: String) {
        text += (text.isEmpty ? "" : "&") + "\(Self.encoded(name))=\(Self.encoded(value))"
    }

    var bytes: [UInt8] { Array(text.utf8) }

    /// All but the unreserved characters of RFC 3986 in percent signs and digits.
    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        let bytes = text.utf8.flatMap { byte -> [UInt8] in
            let scalar = Unicode.Scalar(byte)
            let isPlain = byte < 0x80 && (Character(scalar).isLetter || Character(scalar).isNumber)
            if isPlain || "-._~".utf8.contains(byte) { return [byte] }
            return [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

import Idempotency

@testable import IdempotencyHTTP

/// A key that was read can be written as a structured-field string, and that names the same key.
enum KeyHeaderProperty {
    static func check(_ bytes: [UInt8]) throws(FuzzProperty.Violation) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let key = try? KeyGrammar.key(in: text) else { return }
        let string = key.string
        guard (1...255).contains(string.utf8.count), string.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw .init("a key of forbidden bytes or size: \(bytes)")
        }
        let quoted = "\"" + string.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        guard let again = try? KeyGrammar.key(in: quoted), again == key else {
            throw .init("the quoted form of a key names another one: \(bytes)")
        }
    }
}

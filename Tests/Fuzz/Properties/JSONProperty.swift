import IdempotencyHTTP

/// The canonical form is its own canonical form, and is not much longer than the text.
enum JSONProperty {
    static func check(_ bytes: [UInt8]) throws(FuzzProperty.Violation) {
        guard let canonical = try? CanonicalJSON.bytes(of: bytes) else { return }
        guard let again = try? CanonicalJSON.bytes(of: canonical) else {
            throw .init("the canonical form has none itself: \(bytes)")
        }
        guard again == canonical else { throw .init("the canonical form has another one: \(bytes)") }
        guard canonical.count <= 2 * bytes.count + 64 else { throw .init("the form grows: \(bytes)") }
    }
}

/// The header names that this module gives a meaning to, and how names are compared.
public enum FieldName {
    /// The request header that carries the key (draft-ietf-httpapi-idempotency-key-header-07 section 2).
    public static let idempotencyKey = "Idempotency-Key"
    /// The response header of a replay; its value is `true` (Stripe's name).
    public static let replayed = "Idempotent-Replayed"
    /// The response header of a replay that lacks headers of the first answer; its value names them.
    public static let replayStripped = "Idempotency-Replay-Stripped"
    /// The request header that tells the upstream the fence of the attempt.
    public static let attempt = "Idempotency-Attempt"
    /// The request header that tells the upstream a digest of the scope: equal for equal scopes, and telling nothing
    /// else.
    public static let scope = "Idempotency-Scope"
    /// The response header by which an upstream says what its answer means: `final`, `not-executed` or `unknown`.
    public static let outcome = "Idempotency-Outcome"

    /// The headers that only this project's own parts may set; they are removed from what a client sends.
    public static let internalNames = [replayed, replayStripped, attempt, scope, outcome]

    /// Compares two names without regard to the case of ASCII letters, and without allocating.
    public static func areEqual(_ a: some StringProtocol, _ b: some StringProtocol) -> Bool {
        let (a, b) = (a.utf8, b.utf8)
        guard a.count == b.count else { return false }
        let equal = a.withContiguousStorageIfAvailable { x in
            b.withContiguousStorageIfAvailable { y in areEqual(UnsafeRawBufferPointer(x), UnsafeRawBufferPointer(y)) }
        }
        return (equal ?? nil) ?? a.map(lowercased).elementsEqual(b.map(lowercased))
    }

    /// The same for two strings: without generics, as every request compares dozens of names.
    public static func areEqual(_ a: String, _ b: String) -> Bool {
        guard a.utf8.count == b.utf8.count else { return false }
        let equal = a.utf8.withContiguousStorageIfAvailable { x in
            b.utf8.withContiguousStorageIfAvailable { y in
                areEqual(UnsafeRawBufferPointer(x), UnsafeRawBufferPointer(y))
            }
        }
        return (equal ?? nil) ?? a.utf8.map(lowercased).elementsEqual(b.utf8.map(lowercased))
    }

    /// The same for bytes.
    package static func areEqual(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
        guard a.count == b.count else { return false }
        for index in a.indices where a[index] != b[index] {
            if lowercased(a[index]) != lowercased(b[index]) { return false }
        }
        return true
    }

    /// The same for a part of a text and bytes.
    static func areEqual(_ a: Substring, _ b: UnsafeRawBufferPointer) -> Bool {
        guard a.utf8.count == b.count else { return false }
        return zip(a.utf8, b).allSatisfy { lowercased($0) == lowercased($1) }
    }

    /// The same for bytes and a name that is written down in the program.
    package static func areEqual(_ a: UnsafeRawBufferPointer, _ b: StaticString) -> Bool {
        areEqual(a, UnsafeRawBufferPointer(start: b.utf8Start, count: b.utf8CodeUnitCount))
    }

    /// A number that is the same for names that differ in the case of letters only, and another for most others: its
    /// length and three of its bytes.
    static func code(of name: UnsafeRawBufferPointer) -> UInt32 {
        guard let first = name.first, let last = name.last else { return 0 }
        let bytes = UInt32(first | 0x20) << 16 | UInt32(name[name.count / 2] | 0x20) << 8 | UInt32(last | 0x20)
        return UInt32(truncatingIfNeeded: name.count) << 24 | bytes
    }

    /// Whether `name` is a token (RFC 9110 section 5.6.2), as every field name must be.
    public static func isToken(_ name: some StringProtocol) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy(isTokenByte)
    }

    /// The same for bytes.
    package static func isToken(_ name: UnsafeRawBufferPointer) -> Bool {
        guard !name.isEmpty else { return false }
        for byte in name where !isTokenByte(byte) { return false }
        return true
    }

    /// Whether `value` has none of the bytes that could end a header line or a string early.
    static func isSafeValue(_ value: some StringProtocol) -> Bool {
        value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }

    /// The same for bytes.
    package static func isSafeValue(_ value: UnsafeRawBufferPointer) -> Bool {
        for byte in value where byte < 0x20 && byte != 0x09 || byte == 0x7F { return false }
        return true
    }

    static func lowercased(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }

    /// Whether the byte may stand in a token. The two masks have a bit for each ASCII byte.
    @inlinable package static func isTokenByte(_ byte: UInt8) -> Bool {
        let mask: UInt64 = byte < 64 ? 0x3FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
        return byte < 128 && mask >> UInt64(byte & 63) & 1 == 1
    }
}

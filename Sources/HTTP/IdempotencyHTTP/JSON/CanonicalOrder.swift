/// The order of members in canonical JSON: by the UTF-16 code units of their names (RFC 8785 section 3.2.3).
enum CanonicalOrder {
    /// How one name stands to another.
    enum Relation {
        case before, same, after
    }

    /// Compares two names in canonical form, without their quotes.
    ///
    /// Bytes that are equal say nothing, and the byte where two UTF-8 texts part orders them by code point. That is the
    /// order by UTF-16 units too, but for a character beyond U+FFFF (first byte F0 and up, surrogates in UTF-16)
    /// against one of U+E000…U+FFFF (first byte EE or EF).
    static func relation(
        _ a: Slice<UnsafeBufferPointer<UInt8>>, _ b: Slice<UnsafeBufferPointer<UInt8>>
    ) -> Relation {
        var (i, j) = (a.startIndex, b.startIndex)
        while i < a.endIndex, j < b.endIndex {
            let (x, y) = (a[i], b[j])
            if x == y, x != backslash {
                (i, j) = (i + 1, j + 1)
                continue
            }
            let left = x == backslash ? JSONText.unescape(a, at: i) : (character: x, length: 1)
            let right = y == backslash ? JSONText.unescape(b, at: j) : (character: y, length: 1)
            if left.character != right.character {
                return rank(left.character) < rank(right.character) ? .before : .after
            }
            (i, j) = (i + left.length, j + right.length)
        }
        if i < a.endIndex { return .after }
        return j < b.endIndex ? .before : .same
    }

    /// First bytes F0…F4 come before EE and EF, after all others.
    private static func rank(_ byte: UInt8) -> Int {
        switch byte {
        case 0xEE, 0xEF: 0x100 + Int(byte)
        default: Int(byte)
        }
    }

    private static let backslash: UInt8 = 0x5C
}

import Idempotency

/// A cursor over a structured-field item that must be a string (RFC 8941 sections 4.2.3 to 4.2.5).
struct ItemScanner {
    let bytes: UnsafeRawBufferPointer
    var position: Int
    let end: Int

    private static let quote: UInt8 = 0x22
    private static let backslash: UInt8 = 0x5C

    private var next: UInt8? { position < end ? bytes[position] : nil }

    /// Reads the quoted string at the cursor, which stands on the opening quote.
    mutating func keyString() throws(KeyError) -> String {
        position += 1
        let start = position
        while let byte = next, byte != Self.quote, byte != Self.backslash, (0x20...0x7E).contains(byte) {
            position += 1
        }
        if next == Self.quote {
            defer { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
        var text = Array(bytes[start..<position])
        while let byte = next {
            switch byte {
            case Self.quote:
                position += 1
                return String(decoding: text, as: UTF8.self)
            case Self.backslash:
                guard position + 1 < end else { throw .unterminated }
                let escaped = bytes[position + 1]
                guard escaped == Self.quote || escaped == Self.backslash else { throw .badEscape(offset: position) }
                text.append(escaped)
                position += 2
            case 0x20...0x7E:
                text.append(byte)
                position += 1
            default: throw .invalid(.forbiddenByte(byte, offset: position))
            }
        }
        throw .unterminated
    }

    /// Reads what follows the string: parameters, then nothing.
    mutating func parameters() throws(KeyError) {
        while let byte = next {
            switch byte {
            case 0x3B:
                position += 1
                skipSpaces()
                try parameter()
            case 0x2C: throw .list(offset: position)
            case 0x20:
                let start = position
                skipSpaces()
                if next == 0x2C { throw .list(offset: position) }
                throw .trailing(offset: start)
            default: throw .trailing(offset: position)
            }
        }
    }

    private mutating func parameter() throws(KeyError) {
        let start = position
        guard let first = next, Self.isLowercase(first) || first == 0x2A else { throw .badParameter(offset: start) }
        while let byte = next, Self.isParameterNameByte(byte) { position += 1 }
        guard next == 0x3D else { return }
        position += 1
        guard bareItem() else { throw .badParameter(offset: start) }
    }

    private mutating func skipSpaces() {
        while next == 0x20 { position += 1 }
    }

    /// Skips a bare item; false when there is none.
    private mutating func bareItem() -> Bool {
        switch next {
        case Self.quote: return skipString()
        case 0x3A: return skipByteSequence()
        case 0x3F:
            position += 1
            guard next == 0x30 || next == 0x31 else { return false }
            position += 1
            return true
        case .some(0x2D), .some(0x30...0x39): return skipNumber()
        case .some(let byte) where Self.isAlphabetic(byte) || byte == 0x2A:
            while let byte = next, FieldName.isTokenByte(byte) || byte == 0x3A || byte == 0x2F { position += 1 }
            return true
        default: return false
        }
    }

    private mutating func skipString() -> Bool {
        position += 1
        while let byte = next {
            position += 1
            switch byte {
            case Self.quote: return true
            case Self.backslash:
                guard next == Self.quote || next == Self.backslash else { return false }
                position += 1
            case 0x20...0x7E: continue
            default: return false
            }
        }
        return false
    }

    private mutating func skipByteSequence() -> Bool {
        position += 1
        while let byte = next, byte != 0x3A {
            guard Self.isAlphabetic(byte) || (0x30...0x39).contains(byte) || [0x2B, 0x2F, 0x3D].contains(byte) else {
                return false
            }
            position += 1
        }
        guard next == 0x3A else { return false }
        position += 1
        return true
    }

    /// Up to 15 digits, or up to 12 digits, a point and one to three digits (RFC 8941 section 4.2.4).
    private mutating func skipNumber() -> Bool {
        if next == 0x2D { position += 1 }
        let whole = skipDigits()
        guard whole > 0 else { return false }
        guard next == 0x2E else { return whole <= 15 }
        position += 1
        return whole <= 12 && (1...3).contains(skipDigits())
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        return position - start
    }

    private static func isLowercase(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
    private static func isAlphabetic(_ byte: UInt8) -> Bool { isLowercase(byte | 0x20) }

    private static func isParameterNameByte(_ byte: UInt8) -> Bool {
        isLowercase(byte) || (0x30...0x39).contains(byte) || [0x2A, 0x2D, 0x2E, 0x5F].contains(byte)
    }
}

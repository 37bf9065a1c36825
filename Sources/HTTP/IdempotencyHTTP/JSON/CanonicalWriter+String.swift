extension CanonicalWriter {
    /// Reads the string at the cursor, which stands on the opening quote.
    mutating func string() throws(JSONRejection) {
        output.append(0x22)
        position += 1
        while true {
            let start = position
            while position < input.count, Self.isPlain(input[position]) { position += 1 }
            output.append(contentsOf: UnsafeBufferPointer(rebasing: input[start..<position]))
            guard let byte = next else { throw .syntax(offset: position) }
            switch byte {
            case 0x22:
                output.append(0x22)
                position += 1
                return
            case 0x5C: try escape()
            case 0x80...: try multibyteCharacter()
            default: throw .syntax(offset: position)
            }
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x80 && byte != 0x22 && byte != 0x5C
    }

    private mutating func escape() throws(JSONRejection) {
        guard position + 1 < input.count else { throw .syntax(offset: position) }
        let character: UInt8
        switch input[position + 1] {
        case 0x22, 0x5C, 0x2F: character = input[position + 1]
        case 0x62: character = 0x08
        case 0x66: character = 0x0C
        case 0x6E: character = 0x0A
        case 0x72: character = 0x0D
        case 0x74: character = 0x09
        case 0x75: return try unicodeEscape()
        default: throw .syntax(offset: position)
        }
        JSONText.appendCharacter(character, to: &output)
        position += 2
    }

    private mutating func unicodeEscape() throws(JSONRejection) {
        let start = position
        let unit = try codeUnit()
        if unit < 0x80 {
            JSONText.appendCharacter(UInt8(unit), to: &output)
            return
        }
        var code = unit
        if (0xD800...0xDFFF).contains(unit) {
            guard unit < 0xDC00, position + 1 < input.count, input[position] == 0x5C, input[position + 1] == 0x75 else {
                throw .loneSurrogate(offset: start)
            }
            let low = try codeUnit()
            guard (0xDC00...0xDFFF).contains(low) else { throw .loneSurrogate(offset: start) }
            code = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
        }
        appendScalar(code)
    }

    /// Reads `\uXXXX`.
    private mutating func codeUnit() throws(JSONRejection) -> UInt32 {
        guard input.count - position >= 6 else { throw .syntax(offset: position) }
        var unit: UInt32 = 0
        for offset in 2..<6 {
            guard let digit = Hexadecimal.value(input[position + offset]) else {
                throw .syntax(offset: position + offset)
            }
            unit = unit << 4 | UInt32(digit)
        }
        position += 6
        return unit
    }

    private mutating func appendScalar(_ code: UInt32) {
        func continuation(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(code >> shift & 0x3F) }
        switch code {
        case ..<0x800: output.append(0xC0 | UInt8(code >> 6))
        case ..<0x10000:
            output.append(0xE0 | UInt8(code >> 12))
            output.append(continuation(6))
        default:
            output.append(0xF0 | UInt8(code >> 18))
            output.append(continuation(12))
            output.append(continuation(6))
        }
        output.append(continuation(0))
    }

    /// Copies a character of two to four bytes; only the shortest form of a scalar value is UTF-8 (RFC 3629 section 4).
    private mutating func multibyteCharacter() throws(JSONRejection) {
        let second: ClosedRange<UInt8>
        let length: Int
        switch input[position] {
        case 0xC2...0xDF: (second, length) = (0x80...0xBF, 2)
        case 0xE0: (second, length) = (0xA0...0xBF, 3)
        case 0xED: (second, length) = (0x80...0x9F, 3)
        case 0xE1...0xEF: (second, length) = (0x80...0xBF, 3)
        case 0xF0: (second, length) = (0x90...0xBF, 4)
        case 0xF1...0xF3: (second, length) = (0x80...0xBF, 4)
        case 0xF4: (second, length) = (0x80...0x8F, 4)
        default: throw .notUTF8(offset: position)
        }
        guard input.count - position >= length, second.contains(input[position + 1]) else {
            throw .notUTF8(offset: position)
        }
        for offset in 2..<max(length, 2) where input[position + offset] & 0xC0 != 0x80 {
            throw .notUTF8(offset: position)
        }
        for offset in 0..<length { output.append(input[position + offset]) }
        position += length
    }
}

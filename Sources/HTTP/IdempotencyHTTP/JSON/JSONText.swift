/// Writes JSON strings as RFC 8785 section 3.2.2.2 does: only what must be escaped is, in the shortest way.
enum JSONText {
    /// `text` in quotes.
    static func quoted(_ text: String) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count + 2)
        append(text, to: &output)
        return output
    }

    /// Appends `text` in quotes.
    static func append(_ text: String, to output: inout [UInt8]) {
        output.append(0x22)
        for byte in text.utf8 { appendCharacter(byte, to: &output) }
        output.append(0x22)
    }

    /// Appends one byte of a string, escaped where it must be.
    static func appendCharacter(_ byte: UInt8, to output: inout [UInt8]) {
        switch byte {
        case 0x22, 0x5C:
            output.append(0x5C)
            output.append(byte)
        case 0x20...: output.append(byte)
        default: appendControl(byte, to: &output)
        }
    }

    private static func appendControl(_ byte: UInt8, to output: inout [UInt8]) {
        output.append(0x5C)
        switch byte {
        case 0x08: output.append(0x62)
        case 0x09: output.append(0x74)
        case 0x0A: output.append(0x6E)
        case 0x0C: output.append(0x66)
        case 0x0D: output.append(0x72)
        default:
            output.append(contentsOf: [0x75, 0x30, 0x30, Hexadecimal.digit(byte >> 4), Hexadecimal.digit(byte & 15)])
        }
    }

    /// The character that a canonical escape at `position` (on the backslash) stands for, and how many bytes it takes.
    static func unescape<Bytes: RandomAccessCollection>(
        _ bytes: Bytes, at position: Int
    ) -> (character: UInt8, length: Int) where Bytes.Element == UInt8, Bytes.Index == Int {
        switch bytes[position + 1] {
        case 0x62: return (0x08, 2)
        case 0x74: return (0x09, 2)
        case 0x6E: return (0x0A, 2)
        case 0x66: return (0x0C, 2)
        case 0x72: return (0x0D, 2)
        case 0x75:
            let high = Hexadecimal.value(bytes[position + 4]) ?? 0
            return (high << 4 | (Hexadecimal.value(bytes[position + 5]) ?? 0), 6)
        case let other: return (other, 2)
        }
    }
}

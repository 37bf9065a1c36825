/// How the texts of a label are kept. PostgreSQL's `text` holds every character but NUL, so that one is written as
/// `\0`, and the backslash as `\\`.
enum LabelText {
    /// The text as it is stored.
    static func encode(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0 || $0 == backslash }) else { return text }
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0: bytes += [backslash, UInt8(ascii: "0")]
            case backslash: bytes += [backslash, backslash]
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text as it was, or `nil` when no text is stored like that.
    static func decode(_ stored: String) -> String? {
        guard stored.utf8.contains(backslash) else { return stored }
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in stored.utf8 {
            switch (isEscaped, byte) {
            case (true, UInt8(ascii: "0")): bytes.append(0)
            case (true, backslash): bytes.append(backslash)
            case (true, _): return nil
            case (false, backslash): break
            case (false, _): bytes.append(byte)
            }
            isEscaped = !isEscaped && byte == backslash
        }
        return isEscaped ? nil : String(decoding: bytes, as: UTF8.self)
    }

    private static let backslash = UInt8(ascii: "\\")
}

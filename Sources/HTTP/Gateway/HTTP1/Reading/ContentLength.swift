/// The length of a body as a header tells it (RFC 9110 section 8.6).
enum ContentLength {
    /// A plain number of at most 18 digits; `nil` for anything else.
    static func number(_ text: UnsafeRawBufferPointer) -> Int? {
        guard (1...18).contains(text.count) else { return nil }
        var number = 0
        for byte in text {
            guard (0x30...0x39).contains(byte) else { return nil }
            number = number * 10 + Int(byte - 0x30)
        }
        return number
    }
}

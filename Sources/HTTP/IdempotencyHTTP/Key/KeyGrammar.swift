import Idempotency

/// Reads the value of an `Idempotency-Key` header: a structured-field string with parameters (RFC 8941), or the bare
/// form.
///
/// `"abc"`, `"abc";v=1` and `abc` name the same key. The bare form takes everything as it is written; it can have
/// neither a comma nor a quote, which the quoted form can.
enum KeyGrammar {
    static func key(in value: String) throws(KeyError) -> IdempotencyKey {
        var value = value
        let result = value.withUTF8 { bytes -> Result<IdempotencyKey, KeyError> in
            Result { () throws(KeyError) in try key(in: UnsafeRawBufferPointer(bytes)) }
        }
        return try result.get()
    }

    private static func key(in bytes: UnsafeRawBufferPointer) throws(KeyError) -> IdempotencyKey {
        var (start, end) = (0, bytes.count)
        while start < end, isWhitespace(bytes[start]) { start += 1 }
        while end > start, isWhitespace(bytes[end - 1]) { end -= 1 }
        guard start < end else { throw .invalid(.empty) }
        guard bytes[start] == quote else {
            return try bare(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), offset: start)
        }
        var scanner = ItemScanner(bytes: bytes, position: start, end: end)
        let text = try scanner.keyString()
        try scanner.parameters()
        return try IdempotencyKey.checking(text)
    }

    private static func bare(_ bytes: UnsafeRawBufferPointer, offset: Int) throws(KeyError) -> IdempotencyKey {
        guard bytes.count <= IdempotencyKey.maximumLength else { throw .invalid(.tooLong) }
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case quote: throw .strayQuote(offset: offset + index)
            case 0x2C: throw .list(offset: offset + index)
            case 0x20...0x7E: continue
            default: throw .invalid(.forbiddenByte(byte, offset: offset + index))
            }
        }
        return try IdempotencyKey.checking(String(decoding: bytes, as: UTF8.self))
    }

    private static func isWhitespace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static let quote: UInt8 = 0x22
}

extension IdempotencyKey {
    /// The checked key, with the core's reason as a reason of this module.
    static func checking(_ text: String) throws(KeyError) -> IdempotencyKey {
        do throws(InvalidKey) {
            return try IdempotencyKey(string: text)
        } catch {
            throw .invalid(error)
        }
    }
}

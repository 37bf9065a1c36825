import NIOCore

@testable import IdempotencyRedis

/// All values that a parser finds in the bytes, which come in pieces of this size.
func parse(_ bytes: [UInt8], pieces: Int = .max, limits: RESPLimits = RESPLimits()) throws(RESPError) -> [RESPValue] {
    var parser = RESPParser(limits: limits)
    var values: [RESPValue] = []
    var start = 0
    repeat {
        let end = pieces < bytes.count - start ? start + pieces : bytes.count
        parser.append(ByteBuffer(bytes: bytes[start..<end]))
        start = end
        while let value = try parser.next() { values.append(value) }
    } while start < bytes.count
    return values
}

func parse(
    _ text: String, pieces: Int = .max, limits: RESPLimits = RESPLimits()
) throws(RESPError) -> [RESPValue] {
    try parse(Array(text.utf8), pieces: pieces, limits: limits)
}

extension RESPValue {
    /// Bytes of a text.
    static func text(_ text: String) -> RESPValue { .bytes(ByteBuffer(string: text)) }
}

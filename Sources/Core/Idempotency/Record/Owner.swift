/// A random 128-bit identity of one attempt; every conditional write compares it.
///
/// Two attempts never share one, also when the same process makes both: a write that finds its own owner in the record
/// knows that it was applied earlier and only its acknowledgement was lost.
public struct Owner: Hashable, Sendable, CustomStringConvertible {
    /// The first 64 bits.
    public let high: UInt64
    /// The last 64 bits.
    public let low: UInt64

    /// An owner of these 128 bits.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new owner, drawn from the given source of randomness.
    public static func random(using generator: inout some RandomNumberGenerator) -> Owner {
        Owner(high: generator.next(), low: generator.next())
    }

    /// 32 hexadecimal digits.
    public var description: String { Self.hexadecimal(high) + Self.hexadecimal(low) }

    private static func hexadecimal(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

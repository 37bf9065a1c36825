/// A number that strictly grows with every claim of a key, also after the key expired and came back.
///
/// It is handed to the operation, so that the systems behind it can refuse a stale attempt: they keep the highest fence
/// that they have seen and refuse a lower one. Stores stamp it; between keys it may have gaps.
public struct Fence: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number; the first claim of a fresh store gets 1.
    public let number: UInt64

    /// A fence of this number.
    public init(_ number: UInt64) {
        self.number = number
    }

    /// The older fence is the lower one.
    public static func < (a: Fence, b: Fence) -> Bool { a.number < b.number }

    /// The fence after this one.
    public var next: Fence { Fence(number + 1) }

    /// The number in decimal digits.
    public var description: String { String(number) }
}

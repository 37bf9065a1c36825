/// What the caller chose to name one logical operation: 1…255 bytes of printable ASCII.
///
/// Draw it at random (a UUID) once per logical operation, keep it before the first try, and send the same one with
/// every retry. Personal data does not belong in it.
public struct IdempotencyKey: Hashable, Sendable, CustomStringConvertible {
    /// The key as the caller wrote it.
    public let string: String

    /// The longest key that is accepted, in bytes.
    public static let maximumLength = 255

    /// Checks and keeps the key.
    ///
    /// - Throws: `InvalidKey` that says what was wrong, before anything is looked up.
    public init(_ string: some StringProtocol) throws(InvalidKey) {
        try self.init(string: String(string))
    }

    /// The same without generics, for paths where a few hundred nanoseconds count.
    package init(string: String) throws(InvalidKey) {
        var string = string
        if let problem = string.withUTF8(Self.problem) { throw problem }
        self.string = string
    }

    /// The first thing that is wrong with it, if anything is.
    private static func problem(in bytes: UnsafeBufferPointer<UInt8>) -> InvalidKey? {
        if bytes.isEmpty { return .empty }
        for (offset, byte) in bytes.enumerated() {
            guard 0x20...0x7E ~= byte else { return .forbiddenByte(byte, offset: offset) }
            guard offset < maximumLength else { return .tooLong }
        }
        return nil
    }

    /// The key itself. Log `RecordID` instead.
    public var description: String { string }
}

/// Why a text is no idempotency key.
public enum InvalidKey: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is nothing in it.
    case empty
    /// It has more than 255 bytes.
    case tooLong
    /// It has a byte that is not printable ASCII at this offset.
    case forbiddenByte(UInt8, offset: Int)

    /// What was wrong and what is allowed.
    public var description: String {
        switch self {
        case .empty: "The idempotency key is empty; 1 to 255 printable ASCII characters are allowed."
        case .tooLong: "The idempotency key is longer than 255 bytes; 1 to 255 printable ASCII characters are allowed."
        case .forbiddenByte(let byte, let offset):
            "The idempotency key has byte 0x\(String(byte, radix: 16)) at offset \(offset); "
                + "only printable ASCII (0x20 to 0x7e) is allowed."
        }
    }
}

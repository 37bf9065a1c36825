/// The final answer of an operation; it never changes once stored.
public struct Outcome: Hashable, Sendable {
    /// What kind of answer the bytes are.
    public enum Kind: UInt8, Hashable, Sendable {
        /// The operation succeeded; the bytes are its encoded result.
        case success = 0
        /// The operation ended with an error that is an answer like any other; the bytes are the encoded error.
        case failure = 1
        /// The operation took effect, but its answer could not be kept (too large, a stream); the bytes say why.
        case tombstone = 2
    }

    /// What kind of answer it is.
    public let kind: Kind
    /// The encoded answer.
    public let bytes: [UInt8]

    /// An outcome of this kind with these bytes.
    public init(_ kind: Kind, _ bytes: [UInt8]) {
        self.kind = kind
        self.bytes = bytes
    }

    /// What stands for an answer that the store has refused as too large.
    public static let tooLarge = Outcome(.tombstone, Array("The answer was too large for the store.".utf8))

    /// What stands for an answer that was kept and can never be read again: its scope was shredded.
    public static let erased = Outcome(.tombstone, Array("The answer was erased.".utf8))
}

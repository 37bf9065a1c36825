public import Idempotency

/// What an HTTP outcome holds.
public enum StoredAnswer: Hashable, Sendable {
    /// The answer itself.
    case response(StoredResponse)
    /// The notice that the answer was not kept.
    case tombstone(Tombstone)

    /// Reads what a record holds.
    ///
    /// Never traps, whatever the bytes; takes time and memory in proportion to their number.
    ///
    /// - Throws: `StoredAnswerError` when the bytes are damaged or of an unknown version. Nothing may be run then.
    public init(_ outcome: Outcome) throws(StoredAnswerError) {
        switch outcome.kind {
        case .tombstone where outcome == .erased: self = .tombstone(Tombstone(reason: .erased, status: 0))
        // The store itself has refused the answer; of its status nothing is known.
        case .tombstone where outcome == .tooLarge: self = .tombstone(Tombstone(reason: .tooLarge, status: 200))
        case .tombstone: self = .tombstone(try Tombstone(decoding: outcome.bytes))
        case .success, .failure: self = .response(try StoredResponse(decoding: outcome.bytes))
        }
    }

    /// What a record is to hold. An answer with a status of 400 or more is a failure, one like any other.
    public var outcome: Outcome {
        switch self {
        case .response(let response): Outcome(response.status < 400 ? .success : .failure, response.encoded())
        case .tombstone(let tombstone): Outcome(.tombstone, tombstone.encoded())
        }
    }
}

/// Why stored bytes are no answer.
public enum StoredAnswerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes end early, go on too long, or have a value that cannot be.
    case damaged(offset: Int)
    /// A version that this program does not know wrote them.
    case unknownVersion(UInt8)

    /// What is wrong and what can be done.
    public var description: String {
        switch self {
        case .damaged(let offset):
            "The stored answer is damaged at byte \(offset); restore the record or resolve the key."
        case .unknownVersion(let version):
            "The stored answer has format version \(version), which this program does not know; upgrade it."
        }
    }
}

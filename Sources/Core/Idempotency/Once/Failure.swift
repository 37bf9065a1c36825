/// What an error thrown by an operation means for its key.
public enum Failure: Hashable, Sendable {
    /// The operation is known to have done nothing: the key is released, a retry runs it again.
    case retryable
    /// The error is an answer like any other: it is stored and every retry gets it. Only for errors that can be stored,
    /// see `StorableError`; others are kept by their description.
    case final
    /// Nobody knows whether the operation took effect: the key is in doubt.
    case unknown
}

/// An error that is an answer: it is stored with its type and thrown again, as itself, at every retry.
///
/// List the types in `Once.Configuration.storableErrors`, so that a replay finds them.
public protocol StorableError: Error, Codable, Sendable {}

/// Thrown by an operation to say what its failure means, whatever the classification says; callers get the `cause`.
public struct Classified: Error, Sendable {
    /// What the failure means for the key.
    public let failure: Failure
    /// The error that the caller gets.
    public let cause: any Error

    /// The operation did nothing; the key becomes free.
    public static func retryable(_ cause: any Error) -> Classified { Classified(failure: .retryable, cause: cause) }
    /// The error is the answer; every retry gets it.
    public static func final(_ cause: any Error) -> Classified { Classified(failure: .final, cause: cause) }
    /// Nobody knows whether the operation took effect.
    public static func unknown(_ cause: any Error) -> Classified { Classified(failure: .unknown, cause: cause) }
}

/// A stored error whose type is not known here (any more), or was never storable.
public struct StoredFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name of the type that was thrown.
    public let type: String
    /// The description of the error that was thrown, or its JSON form if it was storable.
    public let description: String
}

/// Why an operation was not performed, or why its outcome cannot be told; says what to do with the key.
public struct OnceError: Error, Sendable, CustomStringConvertible {
    /// What kind of refusal it is.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String, Sendable {
            case mismatch, inProgress, inDoubt, superseded, storeUnavailable, answerNotRetained, undecodable
            case overloaded, shuttingDown, overQuota
        }
        private let value: Value
        /// The key was used for another request.
        public static let mismatch = Code(value: .mismatch)
        /// Another attempt is running under the key.
        public static let inProgress = Code(value: .inProgress)
        /// Nobody knows whether an attempt took effect.
        public static let inDoubt = Code(value: .inDoubt)
        /// This attempt lost its lease and another took over; its own result does not count.
        public static let superseded = Code(value: .superseded)
        /// The store could not say; nothing ran.
        public static let storeUnavailable = Code(value: .storeUnavailable)
        /// The operation took effect, but its answer was not kept.
        public static let answerNotRetained = Code(value: .answerNotRetained)
        /// The stored answer does not decode as what is asked for.
        public static let undecodable = Code(value: .undecodable)
        /// There are too many executions or waiters already; nothing ran.
        public static let overloaded = Code(value: .overloaded)
        /// The process is about to end; nothing ran.
        public static let shuttingDown = Code(value: .shuttingDown)
        /// The key is new, and its scope or the store has as many as are allowed; nothing ran.
        public static let overQuota = Code(value: .overQuota)
        /// The name of the code.
        public var description: String { value.rawValue }
    }

    /// What the caller may do with the key.
    public enum Retry: String, Hashable, Sendable {
        /// Try again with the same key, at once or after the time that `retryAfter` names.
        case sameKey = "same-key"
        /// Nobody knows the outcome yet: come back with the same key later, never with a new one.
        case sameKeyLater = "same-key-later"
        /// A definite outcome is known; another try at the operation needs a new key.
        case newKey = "new-key"
        /// Trying again cannot help.
        case never = "never"
    }

    /// What kind of refusal it is.
    public let code: Code
    /// What happened and what to do, without user data.
    public let message: String
    /// What the caller may do with the key.
    public let retry: Retry
    /// How long to wait before the next try, where that is known.
    public let retryAfter: Duration?
    /// The error underneath.
    public let cause: (any Error)?

    /// A refusal.
    public init(
        _ code: Code, _ message: String, retry: Retry, retryAfter: Duration? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.retry = retry
        self.retryAfter = retryAfter
        self.cause = cause
    }

    /// Code, message and advice.
    public var description: String { "\(code): \(message) (retry: \(retry.rawValue))" }
}

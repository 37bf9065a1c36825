/// What went wrong in a store, and whether the write may have happened.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String, Sendable { case unavailable, full, tooLarge, corrupt, misuse, shutDown }
        private let value: Value
        /// The store cannot be reached or does not answer in time; trying again makes sense.
        public static let unavailable = Code(value: .unavailable)
        /// The disk or the memory of the store is full.
        public static let full = Code(value: .full)
        /// The record is larger than the store can hold; it will never succeed.
        public static let tooLarge = Code(value: .tooLarge)
        /// What is stored cannot be understood: damaged, or written by a newer version.
        public static let corrupt = Code(value: .corrupt)
        /// The store cannot be used as it is configured.
        public static let misuse = Code(value: .misuse)
        /// The store was shut down.
        public static let shutDown = Code(value: .shutDown)
        /// The name of the code.
        public var description: String { value.rawValue }
    }

    /// Whether the write happened.
    public enum Effect: Hashable, Sendable {
        /// It certainly did not.
        case notApplied
        /// It may or may not have happened.
        case unknown
    }

    /// What kind of failure it is.
    public let code: Code
    /// What happened and what can be done, without user data.
    public let message: String
    /// Whether the write happened.
    public let effect: Effect
    /// The error underneath.
    public let cause: (any Error)?

    /// An error of a store.
    public init(_ code: Code, _ message: String, effect: Effect, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.effect = effect
        self.cause = cause
    }

    /// Whether the same exchange may succeed when it is repeated.
    public var isTransient: Bool { code == .unavailable || code == .full }

    /// Code and message.
    public var description: String { "\(code): \(message)" }
}

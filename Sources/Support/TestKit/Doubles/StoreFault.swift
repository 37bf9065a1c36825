public import Idempotency

/// Something that goes wrong with one call of a store.
public enum StoreFault: Hashable, Sendable {
    /// The call never reaches the store; the caller is told `unavailable`, and that nothing was applied.
    case refuse
    /// The call never reaches the store, but the caller cannot know: `unavailable`, effect unknown.
    case loseRequest
    /// The store does it, and its reply is lost: `unavailable`, effect unknown.
    case loseReply
    /// The call never reaches the store; the caller gets this error.
    case failBefore(StoreError.Code)
    /// The store does it, and then the caller gets this error with an unknown effect.
    case failAfter(StoreError.Code)
    /// The call waits for so long before it reaches the store.
    case delayRequest(Duration)
    /// The store does it, and its reply waits for so long.
    case delayReply(Duration)
    /// The store does it, answers, and does it once more after so long: a packet that was sent twice.
    case repeatLater(Duration)

    /// The error that the caller gets in the place of the store's reply, or `nil` if it gets the reply.
    var error: StoreError? {
        switch self {
        case .refuse: StoreError(.unavailable, "The test refused the call.", effect: .notApplied)
        case .loseRequest: StoreError(.unavailable, "The test lost the request.", effect: .unknown)
        case .loseReply: StoreError(.unavailable, "The test lost the reply.", effect: .unknown)
        case .failBefore(let code): StoreError(code, "The test made the call fail.", effect: .notApplied)
        case .failAfter(let code): StoreError(code, "The test made the call fail after it was done.", effect: .unknown)
        case .delayRequest, .delayReply, .repeatLater: nil
        }
    }

    /// Whether the call reaches the store.
    var reachesStore: Bool {
        switch self {
        case .refuse, .loseRequest, .failBefore: false
        case .loseReply, .failAfter, .delayRequest, .delayReply, .repeatLater: true
        }
    }
}

extension OnceError {
    /// The error that an answer without an outcome stands for.
    package init(_ answer: Answer, cause: (any Error)? = nil) {
        let error: OnceError =
            switch answer {
            case .mismatch: .mismatch
            case .inProgress(let retryAfter): .inProgress(retryAfter: retryAfter)
            case .inDoubt(let doubt): .inDoubt(doubt)
            case .overQuota: .overQuota
            case .unavailable(let code, let message): .unavailable(code, message)
            // The rest has an outcome or an error of the operation's own; without it, all that is left is to ask again.
            case .superseded, .performed, .replayed, .released: .superseded
            }
        self.init(error.code, error.message, retry: error.retry, retryAfter: error.retryAfter, cause: cause)
    }

    static let mismatch = OnceError(
        .mismatch, "The key was used for another request. Use a new key for a new operation.", retry: .never)

    static func inProgress(retryAfter: Duration) -> OnceError {
        OnceError(
            .inProgress, "An attempt under this key is running. Try again with the same key later.",
            retry: .sameKey, retryAfter: retryAfter)
    }

    static func inDoubt(_ doubt: Doubt) -> OnceError {
        OnceError(
            .inDoubt,
            "It is not known whether an attempt under this key took effect: \(doubt.explanation). "
                + "Do not use a new key; try again with the same key after it has been settled.",
            retry: .sameKeyLater)
    }

    static let superseded = OnceError(
        .superseded,
        "This attempt lost its lease and another took over. Try again with the same key for the recorded outcome.",
        retry: .sameKey)

    static func unavailable(_ code: StoreError.Code, _ message: String) -> OnceError {
        OnceError(
            .storeUnavailable, "The store could not say whether the key is free, so nothing ran. \(message)",
            retry: .sameKey, retryAfter: .seconds(1))
    }

    static func notRetained(_ reason: [UInt8]) -> OnceError {
        OnceError(
            .answerNotRetained,
            "The operation took effect once, but its answer was not kept: \(String(decoding: reason, as: UTF8.self))",
            retry: .never)
    }

    static let overQuota = OnceError(
        .overQuota,
        "There are as many keys, or as much is stored, as is allowed. Nothing ran; try again with the same key later.",
        retry: .sameKeyLater, retryAfter: Quota.retryAfter)

    static let overloaded = OnceError(
        .overloaded, "Too many executions or waiters. Nothing ran; try again with the same key later.",
        retry: .sameKey, retryAfter: .seconds(1))

    static let shuttingDown = OnceError(
        .shuttingDown, "This process is shutting down. Nothing ran; try again with the same key.", retry: .sameKey)
}

extension Doubt {
    /// What happened, for people.
    public var explanation: String {
        switch self {
        case .leaseLapsed: "its lease ran out and it was not heard of again"
        case .unknownEnd: "it ended in a way that does not tell"
        case .unrecorded: "it ended, but its outcome could not be written"
        case .reconcileUnknown: "the reconciliation could not tell"
        case .shutDown: "the process was shut down before it ended"
        }
    }
}

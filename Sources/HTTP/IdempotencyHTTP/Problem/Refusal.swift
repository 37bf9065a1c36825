public import Idempotency

/// Why a request is not answered by its operation.
public enum Refusal: Error, Hashable, Sendable {
    /// The route requires a key and there is none. 400.
    case keyMissing
    /// There is a key and it is not valid. 400.
    case keyInvalid(KeyError)
    /// The key was used for another request. 422.
    case mismatch
    /// Another attempt under this key is running. 409.
    case inProgress(retryAfter: Duration)
    /// Nobody knows whether an attempt under this key took effect. 409.
    case inDoubt(retryAfter: Duration?)
    /// Another attempt took this one over, so that what it did does not count. 409.
    case superseded(retryAfter: Duration)
    /// The request took effect and its answer was not kept. 410.
    case answerNotKept(Tombstone)
    /// What is stored under the key cannot be understood; nothing runs. 500.
    case recordUnreadable
    /// The store cannot say what became of the key; nothing ran. 503.
    case storeUnavailable(retryAfter: Duration)
    /// The key is new, and there are as many, or as much is stored, as is allowed; nothing ran. 429.
    case quotaReached(QuotaExcess, retryAfter: Duration)
    /// Too many requests are at work, or wait for this key; nothing ran. 503.
    case overloaded(retryAfter: Duration)
    /// The server is about to stop; nothing ran. 503.
    case shuttingDown(retryAfter: Duration)
    /// The caller has no credential, and such callers are turned away. 401.
    case credentialMissing
    /// The body is larger than what is accepted on this route, in bytes. 413.
    case bodyTooLarge(limit: Int)
    /// `Connection` names a header that no client may have removed, or a header comes in a disguise. 400.
    case forbiddenHeader(String)
    /// No connection to the upstream could be made; nothing ran and the key is free. 502.
    case upstreamUnreachable(retryAfter: Duration)
    /// The upstream broke off after the request was sent; the key is in doubt. 502.
    case upstreamBrokeOff
    /// The upstream did not answer in time after the request was sent; the key is in doubt. 504.
    case upstreamTimedOut
}

extension Refusal {
    /// Every kind of refusal once, with invented details; for the published policy and for tests that must miss none.
    package static let examples: [Refusal] = [
        .keyMissing, .keyInvalid(.invalid(.empty)), .mismatch, .inProgress(retryAfter: .seconds(1)),
        .inDoubt(retryAfter: nil), .superseded(retryAfter: .seconds(1)),
        .answerNotKept(Tombstone(reason: .tooLarge, status: 200)), .recordUnreadable,
        .storeUnavailable(retryAfter: .seconds(1)),
        .quotaReached(.keysPerScope, retryAfter: Quota.retryAfter), .overloaded(retryAfter: .seconds(1)),
        .shuttingDown(retryAfter: .seconds(1)), .credentialMissing, .bodyTooLarge(limit: 1 << 20),
        .forbiddenHeader(FieldName.idempotencyKey), .upstreamUnreachable(retryAfter: .seconds(1)), .upstreamBrokeOff,
        .upstreamTimedOut,
    ]
}

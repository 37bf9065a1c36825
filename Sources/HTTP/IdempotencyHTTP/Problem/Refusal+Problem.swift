public import Idempotency

extension Refusal {
    /// The kind, as it stands at the end of the problem's `type`; stable.
    public var code: String {
        switch self {
        case .keyMissing: "key-missing"
        case .keyInvalid: "key-invalid"
        case .mismatch: "key-mismatch"
        case .inProgress: "in-progress"
        case .inDoubt: "in-doubt"
        case .superseded: "superseded"
        case .answerNotKept: "answer-not-kept"
        case .recordUnreadable: "record-unreadable"
        case .storeUnavailable: "store-unavailable"
        case .quotaReached: "quota-reached"
        case .overloaded: "overloaded"
        case .shuttingDown: "shutting-down"
        case .credentialMissing: "credential-missing"
        case .bodyTooLarge: "body-too-large"
        case .forbiddenHeader: "forbidden-header"
        case .upstreamUnreachable: "upstream-unreachable"
        case .upstreamBrokeOff: "upstream-broke-off"
        case .upstreamTimedOut: "upstream-timed-out"
        }
    }

    /// The HTTP status in the IETF profile.
    public var status: Int {
        switch self {
        case .keyMissing, .keyInvalid, .forbiddenHeader: 400
        case .credentialMissing: 401
        case .inProgress, .inDoubt, .superseded: 409
        case .answerNotKept: 410
        case .bodyTooLarge: 413
        case .mismatch: 422
        case .quotaReached: 429
        case .recordUnreadable: 500
        case .upstreamUnreachable, .upstreamBrokeOff: 502
        case .storeUnavailable, .overloaded, .shuttingDown: 503
        case .upstreamTimedOut: 504
        }
    }

    /// One line for people; the same for every refusal of the kind. The draft's words where the draft has some.
    public var title: String {
        switch self {
        case .keyMissing: "Idempotency-Key is missing"
        case .keyInvalid: "Idempotency-Key is invalid"
        case .mismatch: "Idempotency-Key is already used"
        case .inProgress: "A request is outstanding for this Idempotency-Key"
        case .inDoubt: "The outcome of this Idempotency-Key is in doubt"
        case .superseded: "Another attempt took over this Idempotency-Key"
        case .answerNotKept: "The answer to this Idempotency-Key was not kept"
        case .recordUnreadable: "The record of this Idempotency-Key cannot be read"
        case .storeUnavailable: "The idempotency store cannot be reached"
        case .quotaReached: "No new Idempotency-Key is accepted at present"
        case .overloaded: "Too many requests at once"
        case .shuttingDown: "The server is shutting down"
        case .credentialMissing: "The request has no credential"
        case .bodyTooLarge: "The request body is too large"
        case .forbiddenHeader: "The request has a forbidden header"
        case .upstreamUnreachable: "The upstream cannot be reached"
        case .upstreamBrokeOff: "The upstream broke off"
        case .upstreamTimedOut: "The upstream did not answer in time"
        }
    }

    /// What the caller does with the key next.
    public var retry: OnceError.Retry {
        switch self {
        case .keyMissing, .keyInvalid: .newKey
        case .inProgress, .superseded, .storeUnavailable, .overloaded, .shuttingDown, .credentialMissing,
            .upstreamUnreachable:
            .sameKey
        case .inDoubt, .recordUnreadable, .quotaReached, .upstreamBrokeOff, .upstreamTimedOut: .sameKeyLater
        case .mismatch, .answerNotKept, .bodyTooLarge, .forbiddenHeader: .never
        }
    }

    /// How long to wait before the next try, if anything is known about that.
    public var retryAfter: Duration? {
        switch self {
        case .inProgress(let wait), .superseded(let wait), .storeUnavailable(let wait), .overloaded(let wait),
            .shuttingDown(let wait), .upstreamUnreachable(let wait):
            wait
        case .inDoubt(let wait): wait
        case .quotaReached(_, let wait): wait
        default: nil
        }
    }
}

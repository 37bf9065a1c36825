import Idempotency

extension Refusal {
    /// What happened here and what to do about it, for people; without user data.
    public var detail: String {
        switch self {
        case .keyMissing: "This operation requires an idempotency key. Send one with every request and its retries."
        case .keyInvalid(let reason): reason.description
        case .mismatch:
            "This key was used for another request. Send a key only with the request it was made for; a new request "
                + "needs a new key."
        case .inProgress: "The first request with this key is still running. Retry with the same key."
        case .inDoubt:
            "An earlier attempt with this key was interrupted, and it is not known whether it took effect. It will not "
                + "run again by itself. " + Self.askAgain
        case .superseded:
            "This attempt outlived its lease and another one took over. Retry with the same key to get its answer."
        case .answerNotKept(let tombstone) where tombstone.reason == .erased:
            "The request took effect. Its answer was erased, so it cannot be given again. Do not repeat the request "
                + "under a new key."
        case .answerNotKept(let tombstone):
            "The request took effect and was answered with status \(tombstone.status). The answer "
                + "\(tombstone.reason.text), so it cannot be given again. Do not repeat the request under a new key."
        case .recordUnreadable:
            "What is stored under this key is damaged or was written by a newer version. Nothing was run. "
                + "Ask again later with the same key."
        case .storeUnavailable:
            "It cannot be told whether this key was used before, so nothing was run. Retry with the same key."
        case .quotaReached(.keysPerScope, _):
            "You have as many idempotency keys as one caller may have; each is kept until its retention is over. "
                + "Nothing was run. Retry with the same key later; keys that you used before are still answered."
        case .quotaReached(.bytesPerScope, _):
            "The answers to your idempotency keys take as much room as those of one caller may; each is kept until its "
                + "retention is over. Nothing was run. Retry with the same key later; keys that you used before are "
                + "still answered."
        case .quotaReached(.bytesInAll, _):
            "All room for answers to idempotency keys is taken. Nothing was run. Retry with the same key later; keys "
                + "that were used before are still answered."
        case .overloaded, .shuttingDown: "Nothing was run. Retry with the same key."
        case .credentialMissing:
            "Idempotency keys belong to a caller. Send your credential, then retry with the same key."
        case .bodyTooLarge(let limit): "At most \(limit) bytes are accepted here. Nothing was run."
        case .forbiddenHeader(let name):
            "\(name) may not be named in Connection, nor be sent in another spelling. Nothing was run."
        case .upstreamUnreachable:
            "No connection could be made, so nothing was run and the key is free. Retry with the same key."
        case .upstreamBrokeOff:
            "The connection broke after the request was sent; it is not known whether it took effect. "
                + Self.askAgain
        case .upstreamTimedOut:
            "There was no answer in time after the request was sent; it is not known whether it took effect. "
                + Self.askAgain
        }
    }

    private static let askAgain = "Ask again later with the same key; a new key may repeat the effect."
}

public import HTTPTypes
public import Hummingbird
public import Idempotency
import IdempotencyHTTP

/// A handler that calls `Once` itself and lets its errors pass answers with the right problem (RFC 9457).
extension OnceError: HTTPResponseError {
    /// The HTTP status of the refusal.
    public var status: HTTPResponse.Status { .init(code: refusal.status) }

    /// The refusal as problem details, with `retry` and, where it is known, `Retry-After`.
    public func response(from request: Hummingbird.Request, context: some RequestContext) throws -> Response {
        Response(RefusalFormat().response(to: refusal))
    }

    /// What the caller of the request is told.
    var refusal: Refusal {
        let wait = retryAfter ?? .seconds(1)
        return switch code {
        case .mismatch: .mismatch
        case .inProgress: .inProgress(retryAfter: wait)
        case .superseded: .superseded(retryAfter: wait)
        case .storeUnavailable: .storeUnavailable(retryAfter: wait)
        case .answerNotRetained: .answerNotKept(Tombstone(reason: .tooLarge, status: 200))
        case .undecodable: .recordUnreadable
        case .overQuota: .quotaReached(.keysPerScope, retryAfter: wait)
        case .overloaded: .overloaded(retryAfter: wait)
        case .shuttingDown: .shuttingDown(retryAfter: wait)
        default: .inDoubt(retryAfter: retryAfter)
        }
    }
}

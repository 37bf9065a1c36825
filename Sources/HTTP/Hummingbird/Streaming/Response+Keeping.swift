import HTTPTypes
import Hummingbird
import Idempotency
import IdempotencyHTTP

extension Response {
    /// Why this answer cannot be kept, as far as can be told before its body is written.
    func reasonNotToKeep(_ settings: RouteSettings) -> Tombstone.Reason? {
        if !settings.keepsAnswers { return .routeMarked }
        if headers[.contentType]?.lowercased().hasPrefix("text/event-stream") == true { return .stream }
        if let length = body.contentLength, length > settings.maximumResponse { return .tooLarge }
        return nil
    }

    /// What the key gets in the place of this answer.
    func tombstone(_ reason: Tombstone.Reason) -> Outcome {
        StoredAnswer.tombstone(Tombstone(reason: reason, status: status.code)).outcome
    }
}

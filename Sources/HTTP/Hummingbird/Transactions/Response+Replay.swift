import HTTPTypes
public import Hummingbird
import IdempotencyHTTP

extension Response {
    /// Marks this answer as one that was given before: `Idempotent-Replayed: true`, and `Cache-Control: no-store`.
    public mutating func markAsReplay() {
        guard let name = HTTPField.Name(FieldName.replayed) else { return }
        headers[name] = "true"
        headers[.cacheControl] = "no-store"
    }
}

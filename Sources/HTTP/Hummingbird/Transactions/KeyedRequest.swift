public import Idempotency

/// The key of a request, for a handler that keeps it in a transaction of its own.
public struct KeyedRequest: Hashable, Sendable {
    /// The key behind `IdempotencyKeyMiddleware`; elsewhere, and where a request has none, `nil`.
    @TaskLocal public static var current: KeyedRequest?

    /// What the caller named the operation.
    public let key: IdempotencyKey
    /// Whose key it is.
    public let scope: Scope
    /// What was asked: method, path, query, content type and body.
    public let fingerprint: Fingerprint
}

/// Whose manners refusals have.
public enum Profile: String, Hashable, Sendable, CaseIterable {
    /// draft-ietf-httpapi-idempotency-key-header-07, with problem details (RFC 9457).
    case ietf
    /// Stripe's published behaviour: a mismatch is a 400 `idempotency_error`, and errors have Stripe's shape.
    case stripe
}

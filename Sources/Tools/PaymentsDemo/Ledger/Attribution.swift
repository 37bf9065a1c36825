/// Which logical operation a payment belongs to, as the gateway forwarded it.
///
/// The ledger stores it with the payment and uses it for one thing only: to answer the gateway's question what became
/// of an attempt. It does not make payments idempotent; that is the gateway's work.
struct Attribution: Sendable, Equatable {
    /// The idempotency key.
    var key: String?
    /// The digest of the key's scope.
    var scope: String?
    /// The fence of the attempt.
    var fence: Int64?
}

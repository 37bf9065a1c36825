/// One half of the demonstration: the same shop and the same customer, with the gateway's protection or without.
///
/// Each side has accounts of its own, so that their balances can be compared.
enum Side: String, Codable, Sendable, CaseIterable {
    /// Requests carry an `Idempotency-Key`, so that the gateway guards them.
    case with
    /// Requests carry no key, so that the gateway passes them through.
    case without
}

/// What a caller asks for: money from one account to another.
public struct PaymentOrder: Codable, Hashable, Sendable {
    /// The account that pays.
    public var from: String
    /// The account that is paid.
    public var to: String
    /// How much, in cents.
    public var cents: Int
}

/// A payment that was made.
public struct Payment: Codable, Hashable, Sendable {
    /// Its number in the ledger.
    public var id: Int64
    /// What was asked for.
    public var order: PaymentOrder
}

/// The answer to an order. Both answers are final: a retry gets the same one, even when there is money by then.
public enum PaymentResult: Codable, Hashable, Sendable {
    /// The money has moved.
    case paid(Payment)
    /// The paying account has too little; nothing has moved.
    case declined
}

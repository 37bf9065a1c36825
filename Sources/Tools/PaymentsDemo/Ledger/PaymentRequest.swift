/// What a caller asks the payments service for.
struct PaymentRequest: Codable, Sendable, Equatable {
    /// The account that pays.
    var customer: String
    /// The amount in cents, between 1 and ``largestAmount``.
    var amount: Int
    /// The half of the demonstration to pay on.
    var side: Side
    /// What the payment is for, at most 64 bytes.
    var order: String?

    /// 10,000.00: ten times what an account starts with, so that the refusal for want of money can be shown too.
    static let largestAmount = 1_000_000

    /// The reason why this request cannot be a payment, or nil if it can.
    var refusal: String? {
        if !(1...Self.largestAmount).contains(amount) {
            return "amount is in cents, between 1 and \(Self.largestAmount)"
        }
        if (order?.utf8.count ?? 0) > 64 { return "order has at most 64 bytes" }
        return nil
    }
}

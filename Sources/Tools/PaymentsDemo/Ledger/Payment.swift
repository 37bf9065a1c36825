/// A payment that is in the ledger: its money has moved.
struct Payment: Codable, Sendable, Equatable {
    /// The number of the payment, given by the ledger.
    var id: Int64
    /// The half of the demonstration whose accounts the money moved between.
    var side: Side
    /// The account that paid.
    var customer: String
    /// The amount in cents, always positive.
    var amount: Int
    /// What the caller says it paid for. The ledger does not look at it: two payments may name one order.
    var order: String?
    /// The fence of the attempt that made this payment, where the gateway sent one.
    var fence: Int64?
}

/// What one side's accounts look like.
struct Statement: Codable, Sendable, Equatable {
    var side: Side
    /// What the customer has left, in cents.
    var balance: Int
    /// What the shop received, in cents.
    var received: Int
    /// How many payments were made.
    var payments: Int
    /// How many payments were made for the order that was asked about.
    var orderPayments: Int
    /// What was paid for the order that was asked about, in cents.
    var orderAmount: Int
}

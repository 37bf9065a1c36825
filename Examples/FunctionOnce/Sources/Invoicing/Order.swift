/// What is to be invoiced.
public struct Order: Codable, Hashable, Sendable {
    /// Who pays.
    public var customer: String
    /// How much, in cents.
    public var cents: Int

    /// An order.
    public init(customer: String, cents: Int) {
        self.customer = customer
        self.cents = cents
    }
}

/// An order with the number that it was given.
public struct Invoice: Codable, Hashable, Sendable {
    /// Consecutive: the tax office wants no gaps and no duplicates.
    public var number: Int
    /// What it is about.
    public var order: Order
    /// Which operation issued it.
    public var reference: String
}

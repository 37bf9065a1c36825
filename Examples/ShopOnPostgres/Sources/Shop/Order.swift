import IdempotencyPostgres

/// An order as it lies in its table.
public struct Order: Hashable, Sendable {
    /// Its number.
    public let id: Int64
    /// How much it is about.
    public let cents: Int
    /// `authorised`, `captured` or `refunded`.
    public let state: String

    init(_ row: PostgresRow) {
        id = row["id"].integer ?? 0
        cents = Int(row["cents"].integer ?? 0)
        state = row["state"].text ?? ""
    }
}

/// What a caller did wrong.
public enum ShopError: Error, Hashable, Sendable {
    /// This order has the same reference and another amount.
    case otherAmount(Order)
    /// The order is in a state that does not allow it.
    case wrongState(Order)
    /// There is no such order.
    case noOrder
}

import IdempotencyPostgres

/// Orders, their payments and the ledger, in tables whose constraints keep each effect from happening twice.
///
/// No idempotency key is needed here: each of these operations has a name of its own in the data. An order is named by
/// its user and the reference that the user chose, an entry of the ledger by its payment and what kind of entry it is,
/// and a capture by the state that it starts from.
public struct Shop: Sendable {
    private let database: PostgresDatabase

    /// A shop in a database in which `createTables` was called once.
    public init(database: PostgresDatabase) {
        self.database = database
    }

    /// Makes the tables where there are none.
    public func createTables() async throws {
        try await database.transaction { tx in
            try tx.execute(
                """
                CREATE TABLE IF NOT EXISTS orders (
                    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer text NOT NULL, reference text NOT NULL,
                    cents bigint NOT NULL CHECK (cents > 0), state text NOT NULL, UNIQUE (customer, reference))
                """)
            try tx.execute(
                """
                CREATE TABLE IF NOT EXISTS ledger (
                    order_id bigint NOT NULL REFERENCES orders, kind text NOT NULL, cents bigint NOT NULL,
                    UNIQUE (order_id, kind))
                """)
        }
    }

    /// Places an order and authorises its payment, or gives the order that is there under this reference.
    ///
    /// - Parameters:
    ///   - reference: What the customer calls it; a retry sends the same.
    ///   - cents: How much it is about.
    /// - Throws: `ShopError.otherAmount` when there is one of another amount under that reference.
    public func place(customer: String, reference: String, cents: Int) async throws -> Order {
        try await database.transaction { tx in
            let insertion = try tx.insertOrExisting(
                into: "orders",
                [
                    "customer": .text(customer), "reference": .text(reference), "cents": .integer(cents),
                    "state": "authorised",
                ],
                unique: ["customer", "reference"])
            let order = Order(insertion.row)
            guard order.cents == cents else { throw ShopError.otherAmount(order) }
            return order
        }
    }

    /// Captures the payment of an order and enters it in the ledger; a second try changes nothing.
    ///
    /// - Throws: `ShopError.wrongState` when it was cancelled, `ShopError.noOrder` when there is none.
    public func capture(_ id: Int64) async throws -> Order {
        try await leave("authorised", of: id, for: "captured", entering: "capture")
    }

    /// Gives the money of a captured payment back; a second try changes nothing.
    ///
    /// - Throws: `ShopError.wrongState` when it was not captured, `ShopError.noOrder` when there is none.
    public func refund(_ id: Int64) async throws -> Order {
        try await leave("captured", of: id, for: "refunded", entering: "refund")
    }

    /// What the ledger says of an order, in the order of the kinds.
    public func ledger(of id: Int64) async throws -> [String] {
        try await database.transaction { tx in
            try tx.query("SELECT kind, cents FROM ledger WHERE order_id = $1 ORDER BY kind", .integer(id)).map { row in
                "\(row["kind"].text ?? "") \(row["cents"].text ?? "")"
            }
        }
    }

    private func leave(
        _ state: String, of id: Int64, for next: String, entering kind: String
    ) async throws -> Order {
        try await database.transaction { tx in
            let transition = try tx.transition(
                "orders", where: ["id": .integer(id)], from: ["state": .text(state)], to: ["state": .text(next)])
            switch transition {
            case .done(let row):
                let order = Order(row)
                // Two rows that commit together; the constraint is there for whoever forgets the transition.
                _ = try tx.insertOrExisting(
                    into: "ledger",
                    ["order_id": .integer(id), "kind": .text(kind), "cents": .integer(order.cents)],
                    unique: ["order_id", "kind"])
                return order
            case .alreadyThere(let row): return Order(row)
            case .wrongState(let row): throw ShopError.wrongState(Order(row))
            case .missing: throw ShopError.noOrder
            }
        }
    }
}

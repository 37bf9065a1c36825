import GRDB

extension Ledger {
    /// What both sides' accounts look like.
    ///
    /// - Parameter order: The order whose payments are counted apart, or nil.
    func statements(order: String?) async throws -> [Statement] {
        try await database.read { db in
            try Side.allCases.map { side in
                let paid = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT COUNT(*) AS payments, COUNT(*) FILTER (WHERE "order" = :order) AS orderPayments,
                            COALESCE(SUM(amount) FILTER (WHERE "order" = :order), 0) AS orderAmount
                        FROM payment WHERE side = :side
                        """,
                    arguments: ["order": order, "side": side.rawValue])
                return Statement(
                    side: side,
                    balance: try Self.balance(of: Self.customer, on: side, in: db) ?? 0,
                    received: try Self.balance(of: Self.shop, on: side, in: db) ?? 0,
                    payments: paid?["payments"] ?? 0,
                    orderPayments: paid?["orderPayments"] ?? 0,
                    orderAmount: paid?["orderAmount"] ?? 0)
            }
        }
    }

    /// The sum of all entries, in cents: zero, unless the ledger is broken.
    func total() async throws -> Int {
        try await database.read { db in
            try Int.fetchOne(db, sql: "SELECT COALESCE(SUM(amount), 0) FROM entry") ?? 0
        }
    }

    /// The payment that an earlier attempt made under this key, or nil if none did.
    ///
    /// - Parameters:
    ///   - key: The idempotency key that came with the payment.
    ///   - scope: The digest of the scope that came with it; another scope's payments are not found.
    func payment(key: String, scope: String?) async throws -> Payment? {
        try await database.read { db in
            try Row.fetchOne(
                db, sql: "SELECT * FROM payment WHERE key = ? AND scope IS ? ORDER BY id LIMIT 1",
                arguments: [key, scope]
            ).flatMap(Payment.init(row:))
        }
    }

    /// What an account has, in cents, or nil if there is no such account.
    static func balance(of name: String, on side: Side, in db: Database) throws -> Int? {
        try Int.fetchOne(
            db,
            sql: """
                SELECT COALESCE((SELECT SUM(amount) FROM entry WHERE entry.account = account.id), 0)
                FROM account WHERE side = ? AND name = ?
                """,
            arguments: [side.rawValue, name])
    }
}

extension Payment {
    init?(row: Row) {
        guard let side = Side(rawValue: row["side"]) else { return nil }
        self.init(
            id: row["id"], side: side, customer: row["customer"], amount: row["amount"], order: row["order"],
            fence: row["fence"])
    }
}

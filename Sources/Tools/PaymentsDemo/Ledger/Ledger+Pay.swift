import GRDB

extension Ledger {
    /// Makes a payment, always a new one.
    ///
    /// - Parameters:
    ///   - request: Who pays how much on which side.
    ///   - attribution: Stored with the payment, see ``Attribution``.
    ///   - beforeCommit: Called when all rows are written and not yet committed. If it throws, nothing has happened.
    /// - Returns: The payment, committed.
    /// - Throws: ``LedgerError`` when the ledger refuses; then nothing has moved. `DatabaseError` when it cannot tell.
    func pay(
        _ request: PaymentRequest, attribution: Attribution = Attribution(),
        beforeCommit: @escaping @Sendable () throws -> Void = {}
    ) async throws -> Payment {
        try await database.write { db in
            guard let balance = try Self.balance(of: request.customer, on: request.side, in: db) else {
                throw LedgerError.unknownAccount
            }
            guard balance >= request.amount else { throw LedgerError.insufficientFunds }
            try db.execute(
                sql: """
                    INSERT INTO payment(side, customer, amount, "order", key, scope, fence)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    request.side.rawValue, request.customer, request.amount, request.order,
                    attribution.key, attribution.scope, attribution.fence,
                ])
            let payment = Payment(
                id: db.lastInsertedRowID, side: request.side, customer: request.customer, amount: request.amount,
                order: request.order, fence: attribution.fence)
            try Self.move(
                request.amount, on: request.side, from: request.customer, to: Self.shop, for: payment.id, in: db)
            try beforeCommit()
            return payment
        }
    }

    /// Writes one transfer of two entries and posts it.
    static func move(
        _ amount: Int, on side: Side, from payer: String, to payee: String, for payment: Int64?, in db: Database
    ) throws {
        try db.execute(sql: "INSERT INTO transfer(payment, posted) VALUES (?, 0)", arguments: [payment])
        let transfer = db.lastInsertedRowID
        for (name, change) in [(payer, -amount), (payee, amount)] {
            try db.execute(
                sql: """
                    INSERT INTO entry(transfer, account, amount)
                    VALUES (?, (SELECT id FROM account WHERE side = ? AND name = ?), ?)
                    """,
                arguments: [transfer, side.rawValue, name, change])
        }
        try db.execute(sql: "UPDATE transfer SET posted = 1 WHERE id = ?", arguments: [transfer])
    }
}

import GRDB

/// A double-entry ledger in SQLite: every payment is two entries whose sum is zero.
public enum Ledger {
    /// The tables of the ledger.
    public static func registerMigrations(in migrator: inout DatabaseMigrator) {
        migrator.registerMigration("ledger.1") { db in
            try db.create(table: "payment") { table in
                table.autoIncrementedPrimaryKey("id")
                table.column("payer", .text).notNull()
                table.column("payee", .text).notNull()
                table.column("cents", .integer).notNull().check { $0 > 0 }
            }
            try db.create(table: "entry") { table in
                table.column("payment", .integer).notNull().indexed().references("payment")
                table.column("account", .text).notNull().indexed()
                table.column("cents", .integer).notNull()
            }
        }
    }

    /// Moves the money, or declines. Not idempotent at all: whoever calls it twice pays twice.
    static func pay(_ order: PaymentOrder, in db: Database) throws -> PaymentResult {
        guard try balance(of: order.from, in: db) >= order.cents else { return .declined }
        return .paid(try book(order, in: db))
    }

    /// Books a payment without asking for the balance; the account `world` may be in debt.
    static func book(_ order: PaymentOrder, in db: Database) throws -> Payment {
        try db.execute(
            sql: "INSERT INTO payment (payer, payee, cents) VALUES (?, ?, ?)",
            arguments: [order.from, order.to, order.cents])
        let id = db.lastInsertedRowID
        for (account, cents) in [(order.from, -order.cents), (order.to, order.cents)] {
            try db.execute(
                sql: "INSERT INTO entry (payment, account, cents) VALUES (?, ?, ?)", arguments: [id, account, cents])
        }
        return Payment(id: id, order: order)
    }

    /// What an account has, in cents.
    static func balance(of account: String, in db: Database) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT COALESCE(SUM(cents), 0) FROM entry WHERE account = ?", arguments: [account]) ?? 0
    }
}

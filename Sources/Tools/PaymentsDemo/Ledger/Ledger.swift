import GRDB

/// A double-entry ledger in SQLite: every payment moves money from the customer's account to the shop's, in one
/// transaction, as entries that add up to zero.
///
/// It does what it is told, every time. Asked twice for one payment it makes two: it stands for all the services whose
/// operations are not idempotent by nature.
struct Ledger: Sendable {
    /// The name of the account that pays in the demonstration.
    static let customer = "you"
    /// The name of the account that is paid.
    static let shop = "shop"
    /// The name of the account that opening balances come from; the only one that may be negative.
    static let bank = "bank"
    /// 1,000.00, in cents: enough for two bursts of twenty, and small enough that a double charge shows.
    static let openingBalance = 100_000

    let database: DatabaseQueue

    /// Opens the ledger, and makes it if there is none.
    ///
    /// SQLite's defaults hold: a rollback journal and `synchronous` = FULL, so a commit that was reported is on disk.
    ///
    /// - Parameter path: The database file. Its folder must exist.
    /// - Throws: `DatabaseError` if the file cannot be opened or is no SQLite database.
    init(path: String) throws {
        database = try DatabaseQueue(path: path)
        try database.write { db in
            if try !db.tableExists("entry") { try Self.create(in: db) }
        }
    }

    /// Takes the accounts back to their opening balances and forgets all payments.
    func reset() async throws {
        try await database.write { db in
            try Self.drop(in: db)
            try Self.create(in: db)
        }
    }
}

public import GRDB
public import Idempotency

/// Idempotency within the user's own GRDB database: the key and the business rows commit together, or neither does.
///
/// This is the only mode that is exactly once without any help from the operation: there is no moment at which the
/// effect has happened and the key does not know. No running record is ever visible to others, so nothing can be in
/// doubt.
///
///     SQLiteIdempotency.registerMigrations(in: &migrator)
///     …
///     let receipt = try await once.transaction(key, scope: "payments", request: order, in: database) { db, attempt in
///         try order.charge(db)
///     }
///
/// The records are those of a `SQLiteStore`: open one at the same path to list them and to sweep what has expired. An
/// operation that calls other systems does not belong here, as their effects are not rolled back; use `Once.perform`.
public struct SQLiteIdempotency: Sendable {
    /// Retention, readable keys, storable errors.
    public var configuration: Once.Configuration
    /// The clocks of the machine.
    public var clock: any MachineClock

    /// What is needed to perform operations within transactions.
    ///
    /// - Parameters:
    ///   - configuration: `retention`, `keepsKeys` and `storableErrors` count, the rest is for other modes.
    ///   - clock: The clocks of the machine; tests set them.
    public init(configuration: Once.Configuration = Once.Configuration(), clock: any MachineClock = .machine) {
        self.configuration = configuration
        self.clock = clock
    }

    /// Adds the migrations that make the tables, named `idempotency.1` and so on; run them together with your own.
    public static func registerMigrations(in migrator: inout DatabaseMigrator) {
        Schema.register(in: &migrator)
    }

    /// Makes the tables, or brings them up to date, where the user has no migrator. Does nothing when all is done.
    public static func install(in writer: any DatabaseWriter) throws {
        var migrator = DatabaseMigrator()
        Schema.register(in: &migrator)
        try migrator.migrate(writer)
    }
}

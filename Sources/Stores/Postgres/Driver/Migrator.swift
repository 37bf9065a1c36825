import Idempotency

/// Makes the tables, or brings them up to date; one process at a time does this.
struct Migrator {
    let connection: Connection
    let configuration: PostgresStore.Configuration
    /// The server and database, for messages.
    let name: String

    /// Applies the migrations that are missing, all of them or none.
    ///
    /// - Throws: `StoreError` when a newer program has left tables that this one cannot use, `PostgresFailure` when the
    ///   server refuses.
    func run(until deadline: ContinuousClock.Instant) throws {
        if try applied(until: deadline) == Schema.version { return }
        guard configuration.migrates else {
            throw StoreError(
                .misuse,
                "The tables of the store are missing in \(name) or of an older version, and this program is told not "
                    + "to make them; let one that may open the store first.", effect: .notApplied)
        }
        do {
            try perform(
                [
                    .begin,
                    Statement("once_migrate_lock", "SELECT pg_advisory_xact_lock(\(Self.lock)) IS NULL"),
                    Statement(
                        "once_migrate_schema",
                        """
                        CREATE TABLE IF NOT EXISTS idempotency_schema (
                            version integer PRIMARY KEY,
                            usable_from integer NOT NULL, -- the oldest version of the program that can use the tables
                            applied timestamptz NOT NULL DEFAULT clock_timestamp()
                        )
                        """),
                ], until: deadline)
            let version = try applied(until: deadline)
            for (number, migration) in Schema.migrations.enumerated().dropFirst(version) {
                var statements = migration.statements(configuration.partitions).enumerated().map { index, sql in
                    Statement("once_migrate_\(number)_\(index)", sql)
                }
                statements.append(
                    Statement(
                        "once_migrate_\(number)",
                        "INSERT INTO idempotency_schema (version, usable_from) VALUES (\(number + 1), "
                            + "\(migration.usableFrom))"))
                try perform(statements, until: deadline)
            }
            try perform([.commit], until: deadline)
        } catch {
            _ = connection.rollBack(until: deadline)
            throw error
        }
    }

    /// The lock that openers take: the first bytes of "idempotency".
    private static let lock: Int64 = 0x6964_656D_706F_7465

    private func perform(_ statements: [Statement], until deadline: ContinuousClock.Instant) throws(PostgresFailure) {
        if let failure = connection.run(statements, until: deadline).failure { throw failure }
    }

    /// How many migrations are applied, as far as this program knows them.
    private func applied(until deadline: ContinuousClock.Instant) throws -> Int {
        let exists = try connection.run(
            Statement("once_migrate_exists", "SELECT to_regclass('idempotency_schema') IS NOT NULL"), until: deadline)
        guard exists.boolean(0, 0) == true else { return 0 }
        let result = try connection.run(
            Statement(
                "once_migrate_applied",
                "SELECT version::bigint, usable_from::bigint FROM idempotency_schema ORDER BY version DESC LIMIT 1"),
            until: deadline)
        guard result.count == 1, let version = result.integer(0, 0), let usable = result.integer(0, 1) else { return 0 }
        guard version <= Schema.version || usable <= Schema.version else {
            throw StoreError(
                .misuse,
                "The tables in \(name) were made by a newer version of this program (version \(version) of the tables; "
                    + "this program knows \(Schema.version)); upgrade this program or name another database. Nothing "
                    + "was changed.", effect: .notApplied)
        }
        return min(Int(version), Schema.version)
    }
}

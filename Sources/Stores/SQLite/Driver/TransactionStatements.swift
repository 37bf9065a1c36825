/// Beginning and ending a transaction, prepared once.
struct TransactionStatements {
    /// Takes the right to write at once: a transaction that first reads and then wants to write can find that another
    /// one was faster, and no waiting helps it (`SQLITE_BUSY_SNAPSHOT`).
    let begin: Statement
    /// Returns when all is as durable as `synchronous` says.
    let commit: Statement
    private let roll: Statement

    /// Prepares the statements.
    init(on connection: OpaquePointer) throws(SQLiteFailure) {
        begin = try Statement("BEGIN IMMEDIATE", on: connection)
        commit = try Statement("COMMIT", on: connection)
        roll = try Statement("ROLLBACK", on: connection)
    }

    /// Takes everything back. SQLite may have done so already, which then is the only way for this to fail.
    func rollBack() {
        try? roll.run()
    }
}

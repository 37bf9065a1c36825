import Idempotency

/// The end of a transaction of the user's.
enum Commit {
    /// Commits.
    ///
    /// - Throws: `PostgresError` when the server refused it, as for a constraint that is checked at the end;
    ///   `StoreError` otherwise, whose effect tells whether it may have been committed all the same.
    static func run(on connection: Connection, until deadline: ContinuousClock.Instant) throws {
        let result: QueryResult
        do {
            result = try connection.run(.commit, until: deadline)
        } catch {
            let mayBeApplied = error.mayBeApplied(
                reachesCommit: true, endsSession: !connection.isOpen, isPooled: connection.session.isPooled)
            // What is read back has to be read by another session, once this one is over.
            guard !mayBeApplied, let sqlState = error.sqlState else {
                connection.giveUp()
                throw error.storeError(mayBeApplied ? .unknown : .notApplied)
            }
            throw PostgresError(sqlState: sqlState, message: error.message)
        }
        if connection.notices.all.contains(where: { $0.sqlState == "01000" && $0.severity == "WARNING" }) {
            throw StoreError(
                .unavailable,
                "The PostgreSQL server stopped waiting for its synchronous standbys: the transaction is on its own "
                    + "disk, and may be lost by a failover.", effect: .unknown)
        }
        guard result.tag == "COMMIT" else {
            throw StoreError(
                .unavailable,
                "The transaction was rolled back: one of its statements had failed, and the operation went on all the "
                    + "same. Let the error out.", effect: .notApplied)
        }
    }
}

import GRDB
import Idempotency

/// Where the statements of a connection come from.
///
/// GRDB hears of every statement that is prepared on a connection of its own, and keeps what it hears of those that it
/// has not prepared itself. So these are prepared once, whoever keeps them.
struct StatementSource {
    let connection: OpaquePointer
    private let keeper: Database?

    /// Statements that are prepared anew; whoever asks has to keep them as long as the connection is used.
    init(_ connection: OpaquePointer) {
        self.connection = connection
        keeper = nil
    }

    /// Statements that the connection prepares once, and keeps.
    ///
    /// - Throws: `StoreError` when it is closed.
    init(keptBy db: Database) throws(StoreError) {
        guard let connection = db.sqliteConnection else { throw StoreContext.closed }
        self.connection = connection
        keeper = db
    }

    /// A statement; of one that is kept, nobody else may make use at the same time.
    func statement(_ sql: String) throws(SQLiteFailure) -> Statement {
        guard let keeper else { return try Statement(sql, on: connection) }
        do {
            return Statement(try keeper.cachedStatement(sql: sql), on: connection)
        } catch {
            throw SQLiteFailure((error as? DatabaseError)?.resultCode.rawValue ?? SQLiteFailure.misuse, on: connection)
        }
    }
}

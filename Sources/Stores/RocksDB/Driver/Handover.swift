import Synchronization

/// Passes an open database from one lane to the other; whoever takes it has it, and nothing of it stays here.
final class Handover: Sendable {
    private let database: Mutex<Database?>

    /// Holds a database until it is taken.
    init(_ database: Database) {
        self.database = Mutex(database)
    }

    /// Takes the database, the first time.
    func take() -> Database? {
        database.withLock { database in
            defer { database = nil }
            return database
        }
    }
}

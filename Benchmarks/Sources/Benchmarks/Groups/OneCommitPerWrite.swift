import Foundation
import GRDB

/// The yardstick: the same two writes, each a transaction of its own, on a database with the same settings.
final class OneCommitPerWrite: Sendable {
    private let database: DatabaseQueue

    init(path: String) throws {
        var configuration = GRDB.Configuration()
        configuration.journalMode = .wal
        database = try DatabaseQueue(path: path, configuration: configuration)
        // Set here and read back: opening in this mode sets a weaker one.
        let synchronous = try database.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            return try Int.fetchOne(db, sql: "PRAGMA synchronous")
        }
        guard synchronous == 2 else { throw BenchmarkError("the database to compare with does not sync") }
        try database.write { db in
            try db.execute(
                sql: """
                    CREATE TABLE keys (
                        id BLOB PRIMARY KEY, fingerprint BLOB NOT NULL, owner BLOB NOT NULL, state INTEGER NOT NULL,
                        lease INTEGER, expires INTEGER, outcome BLOB
                    ) WITHOUT ROWID
                    """)
        }
    }

    /// Claims and completes one key: two commits.
    func execute(_ id: [UInt8], outcome: [UInt8]) async throws {
        try await database.write { db in
            try db.cachedStatement(sql: "INSERT INTO keys VALUES (?, ?, ?, 0, 30, NULL, NULL)")
                .execute(arguments: [id.databaseBlob, id.databaseBlob, id.databaseBlob])
        }
        try await database.write { db in
            try db.cachedStatement(
                sql: "UPDATE keys SET state = 1, expires = 86400, outcome = ? WHERE id = ? AND owner = ?"
            )
            .execute(arguments: [outcome.databaseBlob, id.databaseBlob, id.databaseBlob])
        }
    }
}

extension [UInt8] {
    fileprivate var databaseBlob: DatabaseValue {
        withUnsafeBytes { Data($0).databaseValue }
    }
}

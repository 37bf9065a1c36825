import GRDB
import Idempotency

/// The tables of a store, and how they came to be.
///
/// `idempotency_records`: a row per key. The rows lie in the order in which they were claimed, so that claims and their
/// completions touch few pages; the unique index finds them by the first 64 bits of the record id. Two different ids
/// may share those bits: they are told apart by the other 192 (`tail`), and `twin` keeps their index entries apart.
/// `idempotency_fence`: one row, the highest fence ever stamped. `idempotency_instances`: who has opened the store, in
/// which boot of the machine, and which lock tells whether it still lives.
enum Schema {
    /// The version of a row that this code writes, and the only one that it reads.
    static let recordVersion: Int64 = 1

    /// What the identifiers of our migrations begin with. In a database of the user's they stand beside others. A
    /// number follows; and, after a migration with whose result older programs can go on, `@` and the oldest version of
    /// the tables whose programs can. Such a migration only adds what they do not look at, so that two versions can
    /// serve side by side. A column that they do not know keeps its value while they write a record, and also when they
    /// claim a key anew whose record has expired.
    static let prefix = "idempotency."

    /// The version of the tables that this code makes.
    static let version = 1

    /// The migrations, oldest first. Never changed once published; new ones are appended.
    static func register(in migrator: inout DatabaseMigrator) {
        migrator.registerMigration("\(prefix)1") { db in
            try db.execute(sql: first)
        }
    }

    /// The identifiers of our migrations that are applied, but that this version does not know and whose result it
    /// cannot use.
    static func newerMigrations(in db: Database) throws -> [String] {
        var known = DatabaseMigrator()
        register(in: &known)
        let names = Set(known.migrations)
        return try known.appliedIdentifiers(db)
            .filter { $0.hasPrefix(prefix) && !names.contains($0) && !isUsable(after: $0) }.sorted()
    }

    /// Whether programs of this version can use the tables after a newer migration.
    private static func isUsable(after identifier: String) -> Bool {
        let parts = identifier.dropFirst(prefix.count).split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, let oldest = Int(parts[1]) else { return false }
        return oldest <= version
    }

    private static let first = """
        CREATE TABLE idempotency_records (
            row INTEGER PRIMARY KEY,
            prefix INTEGER NOT NULL,         -- the first 64 bits of the record id, shifted to keep their order
            twin INTEGER NOT NULL,           -- 0, or more for further ids with the same prefix
            tail BLOB NOT NULL,              -- the other 192 bits
            version INTEGER NOT NULL,        -- the version of the row; an unknown one is refused
            state INTEGER NOT NULL,          -- 0 running, 1 completed, 2 in doubt
            algorithm INTEGER NOT NULL,      -- of the fingerprint
            fingerprint BLOB NOT NULL,       -- 256 bits
            owner BLOB NOT NULL,             -- 128 bits
            fence INTEGER NOT NULL,
            attempt INTEGER NOT NULL,
            renewals INTEGER NOT NULL,
            created INTEGER NOT NULL,        -- wall clock, microseconds since 1970
            moment INTEGER NOT NULL,         -- wall clock; running: end of the lease as granted; else since when
            lease_uptime INTEGER,            -- running: end of the lease on the boot clock, which counts; else NULL
            expires INTEGER,                 -- completed: wall clock; else NULL
            detail INTEGER NOT NULL,         -- completed: kind of outcome; in doubt: why; running: 0
            instance INTEGER NOT NULL,       -- who wrote the row last
            outcome BLOB,                    -- completed: the answer; else NULL
            checkpoint BLOB,                 -- the recovery point, or NULL
            label_key TEXT NOT NULL,
            label_scope TEXT NOT NULL,
            label_operation TEXT NOT NULL
        );
        CREATE UNIQUE INDEX idempotency_records_by_id ON idempotency_records (prefix, twin);
        CREATE INDEX idempotency_records_by_expiry ON idempotency_records (expires);
        CREATE INDEX idempotency_records_by_age ON idempotency_records (created);
        CREATE TABLE idempotency_fence (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            last INTEGER NOT NULL
        );
        INSERT INTO idempotency_fence (only, last) VALUES (1, 0);
        CREATE TABLE idempotency_instances (
            instance INTEGER PRIMARY KEY AUTOINCREMENT,
            boot TEXT NOT NULL,
            lock_file INTEGER NOT NULL
        );
        """
}

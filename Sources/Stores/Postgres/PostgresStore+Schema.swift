/// The tables of a store, and how they came to be.
///
/// `idempotency_records`: a row per key, found by the SHA-256 of scope and key. No column that changes when an
/// operation completes is indexed, so that a completion stays in its page and touches no index (HOT). `due` tells when
/// sweeping looks at a row: never later than its expiry, and nearly always known when the key is claimed.
/// `idempotency_fence`: the fences. `idempotency_schema`: which versions were applied, and from which version of the
/// program on the result can be used.
enum Schema {
    /// The version of a row that this code writes, and the only one that it reads.
    static let recordVersion: Int64 = 1

    /// The version of the tables that this code makes.
    static var version: Int { migrations.count }

    /// A step from one version of the tables to the next. Never changed once published; new ones are appended.
    struct Migration: Sendable {
        /// The oldest version of the program that can work with what this leaves. A migration that only adds what
        /// older programs do not look at keeps it, so that two versions can serve side by side. A column that they do
        /// not know keeps its value while they write a record, and also when they claim a key anew whose record has
        /// expired.
        let usableFrom: Int
        /// The statements, one by one.
        let statements: @Sendable (_ partitions: Int) -> [String]
    }

    /// The migrations, oldest first.
    static let migrations: [Migration] = [Migration(usableFrom: 1, statements: first)]

    /// Free space in the pages for the version that a completion writes, and rows that go by the thousand every
    /// minute: vacuumed more often than the default of a fifth of the table.
    private static let storage = """
        fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
            autovacuum_vacuum_insert_scale_factor = 0.1, autovacuum_analyze_scale_factor = 0.05
        """

    @Sendable private static func first(partitions: Int) -> [String] {
        let columns = """
            id bytea NOT NULL CHECK (octet_length(id) = 32), -- SHA-256 over scope and key
                version smallint NOT NULL,          -- of the row; an unknown one is refused
                state smallint NOT NULL,            -- 0 running, 1 completed, 2 in doubt
                algorithm smallint NOT NULL,        -- of the fingerprint
                fingerprint bytea NOT NULL,         -- 32 bytes
                owner uuid NOT NULL,                -- of the attempt
                fence bigint NOT NULL,
                attempt bigint NOT NULL,
                renewals bigint NOT NULL,
                created bigint NOT NULL,            -- all times: the server's clock, microseconds since 1970
                moment bigint NOT NULL,             -- running: end of the lease; else since when
                expires bigint,                     -- completed; else NULL
                written bigint NOT NULL,            -- when the row was written last
                due bigint NOT NULL,                -- when sweeping looks at it
                detail smallint NOT NULL,           -- completed: kind of outcome; in doubt: why; running: 0
                awaited boolean NOT NULL DEFAULT false, -- another process waits for a change
                outcome bytea,                      -- completed; else NULL
                checkpoint bytea,                   -- the recovery point, or NULL
                label_key text COLLATE "C" NOT NULL, -- NUL is written \\0, the backslash \\\\
                label_scope text COLLATE "C" NOT NULL,
                label_operation text COLLATE "C" NOT NULL,
                PRIMARY KEY (id)
            """
        var tables: [String]
        if partitions > 0 {
            tables = ["CREATE TABLE idempotency_records (\(columns)) PARTITION BY HASH (id)"]
            tables += (0..<partitions).map { number in
                """
                CREATE TABLE idempotency_records_\(number) PARTITION OF idempotency_records
                    FOR VALUES WITH (MODULUS \(partitions), REMAINDER \(number)) WITH (\(storage))
                """
            }
        } else {
            tables = ["CREATE TABLE idempotency_records (\(columns)) WITH (\(storage))"]
        }
        return tables + [
            "CREATE INDEX idempotency_records_by_age ON idempotency_records (created, id)",
            "CREATE INDEX idempotency_records_by_due ON idempotency_records (due)",
            "CREATE SEQUENCE idempotency_fence AS bigint CACHE 1",
        ]
    }
}

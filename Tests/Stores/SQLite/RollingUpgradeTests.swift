import GRDB
import Idempotency
import IdempotencySQLite
import StoreTestParts
import Testing

/// Two versions of the program on one file.
@Suite struct RollingUpgradeTests {
    private let directory: TestDirectory
    private let newer: DatabaseQueue

    init() throws {
        directory = try TestDirectory()
        newer = try DatabaseQueue(path: directory.file())
    }

    /// What a newer version does to the tables, and what it says of that.
    private func upgrade(saying identifier: String) async throws {
        try await newer.write { db in
            try db.execute(
                sql: """
                    ALTER TABLE idempotency_records ADD COLUMN region TEXT NOT NULL DEFAULT 'here';
                    CREATE INDEX idempotency_records_by_region ON idempotency_records (region);
                    INSERT INTO grdb_migrations (identifier) VALUES ('\(identifier)');
                    """)
        }
    }

    private func regions() async throws -> [String] {
        try await newer.read { db in
            try String.fetchAll(db, sql: "SELECT region FROM idempotency_records ORDER BY row")
        }
    }

    /// Writes the column of the row that was made last.
    private func moveLast() async throws {
        try await newer.write { db in
            try db.execute(
                sql: """
                    UPDATE idempotency_records SET region = 'there'
                    WHERE row = (SELECT max(row) FROM idempotency_records)
                    """)
        }
    }

    @Test(
        "Scenario 36: this version goes on beside a newer one with one more column and index, and spoils neither"
    )
    func newerVersionBeside() async throws {
        let old = try await SQLiteStore.test(directory.file())
        // All statements are prepared, and an attempt is under way, when the newer version comes.
        try await WorkingDay(in: old, from: 10).run {}
        let underWay = try #require(try await old.exchange(.claim(.test(1), .test(1))).record)
        try await upgrade(saying: "idempotency.2@1")
        try await moveLast()
        #expect(try await old.exchange(.complete(.test(1), underWay)).isStored)
        #expect(try await regions() == ["here", "there"])

        let started = try await SQLiteStore.test(directory.file())
        for (store, number) in [(old, 20), (started, 30)] {
            try await WorkingDay(in: store, from: number).run {
                #expect(try await regions().last == "here")
                try await moveLast()
            }
            #expect(try await regions().last == "there")
        }
        #expect(try await regions() == ["here", "there", "there", "there"])
        await started.close()
        await old.close()
    }

    @Test(
        "Scenario 36: a file that a newer version changed is refused where that does not say that this one can use it",
        arguments: ["idempotency.2", "idempotency.2@2", "idempotency.2@", "idempotency.2@1@1", "idempotency.2@one"])
    func unusable(identifier: String) async throws {
        await (try SQLiteStore.test(directory.file())).close()
        try await upgrade(saying: identifier)
        let error = await #expect(throws: StoreError.self) { _ = try await SQLiteStore.test(directory.file()) }
        #expect(error?.code == .misuse)
        #expect(error?.message.contains(identifier) == true, "\(error?.message ?? "")")
        // One that cannot be used is not excused by another one that can.
        try await newer.write { db in
            try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('idempotency.3@1')")
        }
        await #expect(throws: StoreError.self) { _ = try await SQLiteStore.test(directory.file()) }
    }
}

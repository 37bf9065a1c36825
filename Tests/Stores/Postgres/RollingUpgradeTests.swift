import Idempotency
import IdempotencyPostgres
import StoreTestParts
import Testing

/// Two versions of the program on one table.
@Suite struct RollingUpgradeTests {
    @Test(
        "Scenario 36: this version goes on beside a newer one with one more column and index, and spoils neither"
    )
    func newerVersionBeside() async throws {
        try await PostgresStore.use(1, { $0.connections = 1 }) { stores, place in
            func region(of id: RecordID) async throws -> String {
                try await place.execute("SELECT region FROM idempotency_records WHERE id = '\\x\(id.digest)'")
            }
            func move(_ id: RecordID) async throws {
                try await place.execute(
                    "UPDATE idempotency_records SET region = 'there' WHERE id = '\\x\(id.digest)'")
            }
            let old = stores[0]
            // All statements are prepared, and an attempt is under way, when the newer version comes.
            try await WorkingDay(in: old, from: 10).run {}
            let underWay = try #require(try await old.exchange(.claim(.test(1), .test(1))).record)
            try await place.execute(
                """
                ALTER TABLE idempotency_records ADD COLUMN region text NOT NULL DEFAULT 'here';
                CREATE INDEX idempotency_records_by_region ON idempotency_records (region);
                INSERT INTO idempotency_schema (version, usable_from) VALUES (2, 1)
                """)
            try await move(.test(1))
            #expect(try await old.exchange(.complete(.test(1), underWay)).isStored)
            #expect(try await region(of: .test(1)) == "there")

            let started = try await PostgresStore.test(place.url) { $0.connections = 1 }
            for (store, number) in [(old, 20), (started, 30)] {
                let day = WorkingDay(in: store, from: number)
                try await day.run {
                    #expect(try await region(of: day.ids[0]) == "here")
                    try await move(day.ids[0])
                }
                #expect(try await region(of: day.ids[0]) == "there")
                #expect(try await region(of: .test(10)) == "here")
            }
            #expect(try await place.execute("SELECT count(*) FROM idempotency_records") == "4")
            #expect(old.statistics.reconnections == 0)
            await started.close()
        }
    }
}

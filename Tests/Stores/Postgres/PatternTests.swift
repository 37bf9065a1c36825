import Idempotency
import IdempotencyPostgres
import PostgresTestServer
import StoreTestParts
import Testing

/// What a unique constraint and a conditional update give without any key.
@Suite struct PatternTests {
    private func use(_ body: (PostgresDatabase, TestPlace) async throws -> Void) async throws {
        try await SharedServer.withSchema { url, server in
            let place = TestPlace(server: server, url: url)
            try await place.execute(
                """
                CREATE TABLE orders (id bigserial PRIMARY KEY, user_id bigint, reference text, amount integer,
                    UNIQUE (user_id, reference));
                CREATE TABLE payments (id bigint PRIMARY KEY, state text);
                INSERT INTO payments VALUES (1, 'authorised'), (2, 'refunded');
                CREATE TABLE ledger (payment bigint, kind text, amount integer, UNIQUE (payment, kind))
                """)
            var configuration = PostgresDatabase.Configuration()
            configuration.connections = 4
            let database = try await PostgresDatabase.open(url, configuration: configuration, logger: silent)
            try await body(database, place)
            await database.close()
        }
    }

    @Test("An order by user and reference is inserted once; the others get the one that is there")
    func orders() async throws {
        try await use { database, place in
            let insertions = try await withThrowingTaskGroup(of: PostgresTransaction.Insertion.self) { group in
                for amount in 1...20 {
                    group.addTask {
                        try await database.transaction { tx in
                            try tx.insertOrExisting(
                                into: "orders", ["user_id": 7, "reference": "A-1", "amount": .integer(amount)],
                                unique: ["user_id", "reference"])
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(insertions.filter { if case .inserted = $0 { true } else { false } }.count == 1)
            #expect(Set(insertions.map { $0.row["amount"] }).count == 1)
            #expect(try await place.execute("SELECT count(*) FROM orders") == "1")
        }
    }

    @Test("A payment is captured once: a second try is already there, a refunded one is in the wrong state")
    func captures() async throws {
        try await use { database, place in
            func capture(_ id: Int64) async throws -> PostgresTransaction.Transition {
                try await database.transaction { tx in
                    let transition = try tx.transition(
                        "payments", where: ["id": .integer(id)], from: ["state": "authorised"],
                        to: ["state": "captured"])
                    if case .done = transition {
                        _ = try tx.insertOrExisting(
                            into: "ledger", ["payment": .integer(id), "kind": "capture", "amount": 10],
                            unique: ["payment", "kind"])
                    }
                    return transition
                }
            }
            let results = try await withThrowingTaskGroup(of: PostgresTransaction.Transition.self) { group in
                for _ in 0..<10 { group.addTask { try await capture(1) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let captured = PostgresRow(names: ["id", "state"], values: ["1", "captured"])
            #expect(results.filter { $0 == .done(captured) }.count == 1)
            #expect(results.filter { $0 == .alreadyThere(captured) }.count == 9)
            #expect(
                try await capture(2) == .wrongState(PostgresRow(names: ["id", "state"], values: ["2", "refunded"])))
            #expect(try await capture(3) == .missing)
            #expect(try await place.execute("SELECT count(*) FROM ledger") == "1")
        }
    }
}

import Idempotency
import IdempotencyPostgres
import PostgresTestServer
import StoreTestParts
import Testing

/// Key and business rows commit together, or neither does.
@Suite struct TransactionTests {
    private let once = Once(store: MemoryStore(), interrupted: .hold)

    private struct Receipt: Codable, Equatable, Sendable {
        var id: Int64
        var amount: Int
    }

    private struct Refused: Error, Equatable {}

    @Sendable private static func pay(_ amount: Int, _ tx: PostgresTransaction) throws -> Receipt {
        let rows = try tx.query("INSERT INTO payment (amount) VALUES ($1) RETURNING id", .integer(amount))
        return Receipt(id: rows.first?["id"].integer ?? -1, amount: amount)
    }

    /// Uses a database with the user's table in it.
    private func use(
        duplicates: PostgresDatabase.Duplicates = .wait(.seconds(5)), through port: Int? = nil,
        _ body: (PostgresDatabase, TestPlace) async throws -> Void
    ) async throws {
        try await SharedServer.withSchema { url, server in
            let place = TestPlace(server: server, url: url)
            try await place.execute(
                "CREATE TABLE payment (id bigserial PRIMARY KEY, amount integer NOT NULL CHECK (amount > 0))")
            let database = try await open(url, duplicates)
            try await body(database, place)
            await database.close()
        }
    }

    private func open(_ url: String, _ duplicates: PostgresDatabase.Duplicates) async throws -> PostgresDatabase {
        var configuration = PostgresDatabase.Configuration()
        configuration.connections = 4
        configuration.timeout = .seconds(10)
        configuration.duplicates = duplicates
        return try await PostgresDatabase.open(url, configuration: configuration, logger: silent)
    }

    private func payments(_ place: TestPlace) async throws -> Int {
        Int(try await place.execute("SELECT count(*) FROM payment")) ?? -1
    }

    private func key(_ text: String = "key-1") throws -> IdempotencyKey { try IdempotencyKey(text) }

    @Test("A retry gets the first result, and nothing runs twice; another request under the key learns nothing")
    func replay() async throws {
        try await use { database, place in
            let first = try await once.transactionReport(key(), scope: "a", request: 5, in: database) { tx, _ in
                try Self.pay(5, tx)
            }
            let second = try await once.transactionReport(key(), scope: "a", request: 5, in: database) { tx, _ in
                try Self.pay(5, tx)
            }
            #expect(first.value == second.value)
            #expect(!first.isReplay)
            #expect(second.isReplay)
            let error = await #expect(throws: OnceError.self) {
                try await once.transaction(key(), scope: "a", request: 6, in: database) { tx, _ in try Self.pay(6, tx) }
            }
            #expect(error?.code == .mismatch)
            #expect(try await payments(place) == 1)
        }
    }

    @Test("An error takes the business rows back and leaves the key free")
    func rollback() async throws {
        try await use { database, place in
            await #expect(throws: Refused.self) {
                try await once.transaction(key(), scope: "a", request: 5, in: database) { tx, _ -> Receipt in
                    _ = try Self.pay(5, tx)
                    throw Refused()
                }
            }
            let violation = await #expect(throws: PostgresError.self) {
                try await once.transaction(key(), scope: "a", request: 5, in: database) { tx, _ in try Self.pay(-1, tx)
                }
            }
            #expect(violation?.sqlState == "23514")
            #expect(try await payments(place) == 0)
            let receipt = try await once.transaction(key(), scope: "a", request: 7, in: database) { tx, _ in
                try Self.pay(7, tx)
            }
            #expect(receipt.amount == 7)
        }
    }

    @Test("An operation that goes on after a statement failed commits nothing")
    func swallowedError() async throws {
        try await use { database, place in
            let error = await #expect(throws: OnceError.self) {
                try await once.transaction(key(), scope: "a", request: 5, in: database) { tx, _ -> Receipt in
                    let receipt = try Self.pay(5, tx)
                    _ = try? tx.execute("SELECT 1 / 0")
                    return receipt
                }
            }
            #expect(error?.code == .storeUnavailable)
            let count = try await payments(place)
            #expect(count == 0)
        }
    }

    @Test("Scenario 8: fifty concurrent duplicates over two databases have one effect and one answer")
    func concurrency() async throws {
        try await use { database, place in
            let other = try await open(place.url, .wait(.seconds(10)))
            let reports = try await withThrowingTaskGroup(of: Report<Receipt>.self) { group in
                for number in 0..<50 {
                    group.addTask { [once] in
                        try await once.transactionReport(
                            key(), scope: "a", request: 5, in: number % 2 == 0 ? database : other
                        ) { tx, _ in try Self.pay(5, tx) }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(reports.map(\.value.id)).count == 1)
            #expect(reports.filter { !$0.isReplay }.count == 1)
            #expect(try await payments(place) == 1)
            await other.close()
        }
    }

    @Test(
        "A duplicate that comes while the first is at work is refused, or waits as long as it may",
        arguments: [PostgresDatabase.Duplicates.refuse, .wait(.milliseconds(100)), .wait(.seconds(8))])
    func duplicates(rule: PostgresDatabase.Duplicates) async throws {
        try await use(duplicates: rule) { database, place in
            async let first = once.transactionReport(key(), scope: "a", request: 5, in: database) { tx, _ in
                let receipt = try Self.pay(5, tx)
                try tx.execute("SELECT pg_sleep(1)")
                return receipt
            }
            try await eventually("the first has the lock") {
                try await place.execute("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(1)%'")
                    != "0"
            }
            let second = await Result {
                try await once.transactionReport(key(), scope: "a", request: 5, in: database) { tx, _ in
                    try Self.pay(5, tx)
                }
            }
            if rule == .wait(.seconds(8)) {
                #expect(try second.get().isReplay)
            } else {
                #expect(throws: OnceError.self) { try second.get() }
                if case .failure(let error as OnceError) = second { #expect(error.code == .inProgress) }
            }
            _ = try await first
            #expect(try await payments(place) == 1)
        }
    }

    @Test(
        "A connection that is cut around the commit: what the record says is what happened",
        arguments: [FaultProxy.Fault.cutBefore, .cutAfter, .cutClientOnly])
    func lostCommit(fault: FaultProxy.Fault) async throws {
        try await use { _, place in
            let proxy = try FaultProxy(to: place.server.port)
            let database = try await open(place.url(port: proxy.port), .wait(.seconds(5)))
            _ = try await once.transaction(key("warm"), scope: "a", request: 1, in: database) { tx, _ in
                try Self.pay(1, tx)
            }
            proxy.plan(fault)
            let result = await Result {
                try await once.transactionReport(key(), scope: "a", request: 5, in: database) { tx, _ in
                    try Self.pay(5, tx)
                }
            }
            #expect(proxy.struck == 1)
            if fault == .cutBefore {
                #expect(throws: OnceError.self) { try result.get() }
                #expect(try await payments(place) == 1)
            } else {
                #expect(try result.get().isReplay == false)
                #expect(try await payments(place) == 2)
            }
            // The retry runs it, or gets what it has done.
            let retry = try await once.transactionReport(key(), scope: "a", request: 5, in: database) { tx, _ in
                try Self.pay(5, tx)
            }
            #expect(retry.isReplay == (fault != .cutBefore))
            #expect(try await payments(place) == 2)
            await database.close()
            proxy.close()
        }
    }

    @Test("The records can be listed and swept by a store on the same database; after retention the key is free again")
    func store() async throws {
        try await use { database, place in
            func run(_ retention: Duration) async throws -> Report<Receipt> {
                try await PostgresIdempotency(database).report(
                    key(), scope: "a", fingerprint: .test(1),
                    options: PerformOptions(operation: "pay", retention: retention)
                ) { tx, _ in try Self.pay(5, tx) }
            }
            let store = try await PostgresStore.test(place.url)
            let first = try await run(.milliseconds(300))
            let page = try await store.records(RecordQuery(key: "key-1"))
            #expect(page.entries.map(\.record.label) == [Label(key: "key-1", scope: "a", operation: "pay")])
            var second = try await run(.seconds(3600))
            #expect(second.isReplay)
            try await eventually("it has expired") {
                second = try await run(.seconds(3600))
                return !second.isReplay
            }
            #expect(try #require(second.fence) > #require(first.fence))
            #expect(try await payments(place) == 2)
            try await place.execute("UPDATE idempotency_records SET expires = 1, due = 1")
            #expect(try await store.sweep(limit: 10) == 1)
            await store.close()
        }
    }

    @Test("A record that another mode left running is not run again")
    func otherModes() async throws {
        try await use { database, place in
            let store = try await PostgresStore.test(place.url)
            let id = RecordID(scope: "a", key: try key())
            let lease = Duration.milliseconds(400)
            _ = try await store.exchange(.claim(id, .test(1), lease: lease))
            func error() async throws -> OnceError? {
                await #expect(throws: OnceError.self) {
                    try await PostgresIdempotency(database).report(key(), scope: "a", fingerprint: .test(1)) { tx, _ in
                        try Self.pay(5, tx)
                    }
                }
            }
            #expect(try await error()?.code == .inProgress)
            try await Task.sleep(for: lease)
            #expect(try await error()?.code == .inDoubt)
            #expect(try await payments(place) == 0)
            await store.close()
        }
    }

    @Test("Without a key a transaction commits what it did, or takes it back")
    func plain() async throws {
        try await use { database, place in
            try await database.transaction { tx in _ = try Self.pay(5, tx) }
            await #expect(throws: Refused.self) {
                try await database.transaction { tx in
                    _ = try Self.pay(6, tx)
                    throw Refused()
                }
            }
            #expect(try await payments(place) == 1)
        }
    }

    @Test("Values of every kind travel to the server and back")
    func values() async throws {
        try await use { database, _ in
            let rows = try await database.transaction { tx in
                try tx.query(
                    "SELECT $1::bigint AS i, $2::text AS t, $3::bytea AS b, $4::bool AS o, $5::float8 AS d, "
                        + "$6::int AS n",
                    .integer(Int64.min), .text("a'\\✓"), .bytes([0, 255, 16]), true, .double(0.1), nil)
            }
            let row = try #require(rows.first)
            #expect(row["i"].integer == .min)
            #expect(row["t"].text == "a'\\✓")
            #expect(row["b"].bytes == [0, 255, 16])
            #expect(row["o"].boolean == true)
            #expect(row["d"].double == 0.1)
            #expect(row["n"] == .null)
            #expect(row["nothing"] == .null)
            await #expect(throws: PostgresError.self) {
                _ = try await database.transaction { tx in try tx.query("SELECT $1::text", "a\u{0}b") }
            }
        }
    }
}

extension Result where Failure == any Error {
    /// What an asynchronous body returns or throws.
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

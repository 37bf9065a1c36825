import GRDB
import Idempotency
import IdempotencySQLite
import StoreTestParts
import Testing

/// Key and business rows commit together, or neither does.
@Suite struct TransactionTests {
    private let directory: TestDirectory
    private let database: DatabasePool
    private let once = Once(store: MemoryStore(), interrupted: .hold)
    private let key: IdempotencyKey

    init() throws {
        directory = try TestDirectory()
        key = try IdempotencyKey("key-1")
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        database = try DatabasePool(path: directory.file("app.db"), configuration: configuration)
        var migrator = DatabaseMigrator()
        migrator.registerMigration("payments") { db in
            try db.execute(
                sql: "CREATE TABLE payment (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL CHECK (amount > 0))")
        }
        SQLiteIdempotency.registerMigrations(in: &migrator)
        try migrator.migrate(database)
    }

    private struct Receipt: Codable, Equatable {
        var id: Int64
        var amount: Int
    }

    private struct Refused: Error, Equatable {}

    @Sendable private static func pay(_ amount: Int, _ db: Database) throws -> Receipt {
        try db.execute(sql: "INSERT INTO payment (amount) VALUES (?)", arguments: [amount])
        return Receipt(id: db.lastInsertedRowID, amount: amount)
    }

    private func payments() async throws -> Int {
        try await database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM payment") ?? -1 }
    }

    @Test("A retry gets the first result, and nothing runs twice")
    func replay() async throws {
        let first = try await once.transactionReport(key, scope: "a", request: 5, in: database) { db, _ in
            try Self.pay(5, db)
        }
        let second = try await once.transactionReport(key, scope: "a", request: 5, in: database) { db, _ in
            try Self.pay(5, db)
        }
        #expect(first.value == second.value)
        #expect(!first.isReplay)
        #expect(second.isReplay)
        #expect(try await payments() == 1)
    }

    @Test("Another request under the same key is refused and learns nothing")
    func mismatch() async throws {
        _ = try await once.transaction(key, scope: "a", request: 5, in: database) { db, _ in try Self.pay(5, db) }
        let error = await #expect(throws: OnceError.self) {
            try await once.transaction(key, scope: "a", request: 6, in: database) { db, _ in try Self.pay(6, db) }
        }
        #expect(error?.code == .mismatch)
        #expect(error?.retry == .never)
        #expect(try await payments() == 1)
    }

    @Test("The same key in another scope is another operation")
    func scopes() async throws {
        for scope in ["a", "b"] {
            _ = try await once.transaction(key, scope: Scope(scope), request: 5, in: database) { db, _ in
                try Self.pay(5, db)
            }
        }
        #expect(try await payments() == 2)
    }

    @Test("An error takes the business rows back and leaves the key free")
    func rollback() async throws {
        await #expect(throws: Refused.self) {
            try await once.transaction(key, scope: "a", request: 5, in: database) { db, _ -> Receipt in
                _ = try Self.pay(5, db)
                throw Refused()
            }
        }
        await #expect(throws: DatabaseError.self) {
            try await once.transaction(key, scope: "a", request: 5, in: database) { db, _ in try Self.pay(-1, db) }
        }
        #expect(try await payments() == 0)
        let receipt = try await once.transaction(key, scope: "a", request: 7, in: database) { db, _ in
            try Self.pay(7, db)
        }
        #expect(receipt.amount == 7)
    }

    @Test("Scenario 8: a hundred concurrent duplicates have one effect and one answer")
    func concurrency() async throws {
        let receipts = try await withThrowingTaskGroup(of: Receipt.self) { group in
            for _ in 0..<100 {
                group.addTask { [once, key, database] in
                    try await once.transaction(key, scope: "a", request: 5, in: database) { db, _ in
                        try Self.pay(5, db)
                    }
                }
            }
            var receipts: [Receipt] = []
            for try await receipt in group { receipts.append(receipt) }
            return receipts
        }
        #expect(Set(receipts.map(\.id)).count == 1)
        #expect(try await payments() == 1)
    }

    @Test("Two connections with the same key wait for each other; one of them runs")
    func twoConnections() async throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        let other = try DatabaseQueue(path: directory.file("app.db"), configuration: configuration)
        for number in 0..<20 {
            let key = try IdempotencyKey("race-\(number)")
            async let one = once.transactionReport(key, scope: "a", request: 5, in: database) { db, _ in
                try Self.pay(5, db)
            }
            async let two = once.transactionReport(key, scope: "a", request: 5, in: other) { db, _ in
                try Self.pay(5, db)
            }
            let (first, second) = try await (one, two)
            #expect(first.value == second.value)
            #expect(first.isReplay != second.isReplay)
        }
        #expect(try await payments() == 20)
        try other.close()
    }

    @Test("Once retention is over the key is free again, with a higher fence")
    func expiry() async throws {
        let clock = TestClock()
        let idempotency = SQLiteIdempotency(clock: clock)
        func run() async throws -> Report<Receipt> {
            try await idempotency.report(
                key, scope: "a", fingerprint: .test(1), options: PerformOptions(retention: .seconds(60)), in: database
            ) { db, attempt in
                try Self.pay(Int(attempt.fence.number), db)
            }
        }
        let first = try await run()
        clock.advance(by: .seconds(60) - .microseconds(1))
        #expect(try await run().isReplay)
        clock.advance(by: .microseconds(1))
        let second = try await run()
        #expect(!second.isReplay)
        #expect(try #require(second.fence) > #require(first.fence))
    }

    @Test("The records can be listed and swept by a store on the same file")
    func listing() async throws {
        let clock = TestClock()
        let idempotency = SQLiteIdempotency(clock: clock)
        _ = try await idempotency.report(
            key, scope: "a", fingerprint: .test(1), options: PerformOptions(operation: "pay"), in: database
        ) { db, _ in try Self.pay(5, db) }
        let store = try await SQLiteStore.test(directory.file("app.db"), clock: clock)
        let page = try await store.records(RecordQuery(key: "key-1"))
        #expect(page.entries.map(\.record.label) == [Label(key: "key-1", scope: "a", operation: "pay")])
        clock.advance(by: .seconds(25 * 3600))
        #expect(try await store.sweep(limit: 10) == 1)
        await store.close()
    }

    @Test("A record that another mode left running is not run again; the retry is told when to come, or to settle it")
    func otherModes() async throws {
        let clock = TestClock()
        let store = try await SQLiteStore.test(directory.file("app.db"), clock: clock)
        let id = RecordID(scope: "a", key: key)
        _ = try await store.exchange(.claim(id, .test(1), lease: .seconds(30)))
        let idempotency = SQLiteIdempotency(clock: clock)
        func error() async -> OnceError? {
            await #expect(throws: OnceError.self) {
                try await idempotency.report(key, scope: "a", fingerprint: .test(1), in: database) { db, _ in
                    try Self.pay(5, db)
                }
            }
        }
        #expect(await error()?.code == .inProgress)
        clock.advance(by: .seconds(31))
        #expect(await error()?.code == .inDoubt)
        #expect(try await payments() == 0)
        await store.close()
    }

    @Test("Within the user's own transaction, what the user takes back takes the key back too")
    func outerTransaction() async throws {
        let idempotency = SQLiteIdempotency()
        try await database.write { [key] db in
            try db.inTransactionThatFails {
                _ = try idempotency.report(key, scope: "a", fingerprint: .test(1), in: db) { db, _ in
                    try Self.pay(5, db)
                }
            }
            let report = try idempotency.report(key, scope: "a", fingerprint: .test(1), in: db) { db, _ in
                try Self.pay(5, db)
            }
            #expect(!report.isReplay)
        }
        #expect(try await payments() == 1)
    }

    @Test("A database without the tables is refused before anything runs")
    func missingTables() async throws {
        let empty = try DatabaseQueue(path: directory.file("empty.db"))
        let error = await #expect(throws: OnceError.self) {
            try await once.transaction(key, scope: "a", request: 5, in: empty) { db, _ in try Self.pay(5, db) }
        }
        #expect(error?.code == .storeUnavailable)
        #expect(error?.message.contains("migrations") == true)
        try SQLiteIdempotency.install(in: empty)
        try await empty.write { try $0.execute(sql: "CREATE TABLE payment (id INTEGER PRIMARY KEY, amount INTEGER)") }
        #expect(
            try await once.transaction(key, scope: "a", request: 5, in: empty) { db, _ in try Self.pay(5, db) }.id == 1)
        try empty.close()
    }
}

extension Database {
    /// Runs `body` in a savepoint and takes it back.
    fileprivate func inTransactionThatFails(_ body: () throws -> Void) throws {
        try inSavepoint {
            try body()
            return .rollback
        }
    }
}

import Idempotency
import IdempotencyPostgres
import PostgresTestServer
import StoreTestParts
import Testing

/// Commits of the user's transactions that the server refuses.
@Suite struct CommitRefusalTests {
    private let once = Once(store: MemoryStore(), interrupted: .hold)

    /// Uses a table of the user's whose constraint is checked at the commit, and fails once.
    private func use(
        _ sqlState: String, _ body: (PostgresDatabase, TestPlace) async throws -> Void
    ) async throws {
        try await SharedServer.withSchema { url, server in
            let place = TestPlace(server: server, url: url)
            try await place.execute("CREATE TABLE payment (id bigserial PRIMARY KEY, amount integer NOT NULL)")
            _ = try await Trouble(sqlState, at: .commit, times: 1, on: "payment", in: place)
            let database = try await PostgresDatabase.open(url, logger: silent)
            try await body(database, place)
            await database.close()
        }
    }

    private func pay(in database: PostgresDatabase) async throws -> Report<Int> {
        try await once.transactionReport(IdempotencyKey("key-1"), scope: "a", request: 5, in: database) { tx, _ in
            try tx.execute("INSERT INTO payment (amount) VALUES (5)")
        }
    }

    @Test(
        "Scenario 20: a transaction whose commit is refused did not happen: its code is told, the key is free",
        arguments: ["23505", "23514", "40001", "53100", "P0001"])
    func refused(sqlState: String) async throws {
        try await use(sqlState) { database, place in
            let error = await #expect(throws: PostgresError.self) { _ = try await pay(in: database) }
            #expect(error?.sqlState == sqlState)
            let left = "SELECT (SELECT count(*) FROM payment) + (SELECT count(*) FROM idempotency_records)"
            #expect(try await place.execute(left) == "0")
            let again = try await pay(in: database)
            #expect(!again.isReplay)
            let duplicate = try await pay(in: database)
            #expect(duplicate.isReplay)
            #expect(try await place.execute("SELECT count(*) FROM payment") == "1")
        }
    }

    @Test("Scenario 23: a commit that stops waiting for its standby is told as unknown at once; its key has the result")
    func unconfirmed() async throws {
        let server = try await PostgresServer.start()
        try await server.execute("CREATE TABLE payment (amount integer)")
        let database = try await PostgresDatabase.open(server.url(), logger: silent)
        try await server.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        try await server.execute("SELECT pg_reload_conf()")
        async let paid: OnceError? = {
            do {
                _ = try await pay(in: database)
                return nil
            } catch {
                return error as? OnceError
            }
        }()
        try await eventually("the commit waits for the standby") {
            try await server.execute(
                "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") != "0"
        }
        let start = ContinuousClock.now
        let error = await paid
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(error?.retry == .sameKeyLater)
        #expect(error?.message.contains("stopped waiting for its synchronous standbys") == true)
        #expect(error?.message.contains("nothing ran") == false, "\(error?.message ?? "")")
        let again = try await pay(in: database)
        #expect(again.isReplay)
        #expect(try await server.execute("SELECT count(*) FROM payment") == "1")
        await database.close()
        await server.remove()
    }

    @Test("Scenario 20: a commit of which the server does not know is read back over another session, and soon")
    func unknown() async throws {
        try await use("40003") { database, place in
            let start = ContinuousClock.now
            let error = await #expect(throws: OnceError.self) { _ = try await pay(in: database) }
            #expect(ContinuousClock.now - start < .seconds(10))
            #expect(error?.message.contains("nothing ran") == true, "\(error?.message ?? "")")
            #expect(try await place.execute("SELECT count(*) FROM payment") == "0")
            let again = try await pay(in: database)
            #expect(!again.isReplay)
        }
    }
}

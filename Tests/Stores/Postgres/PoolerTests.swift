import Foundation
import Idempotency
import IdempotencyPostgres
import IdempotencyTestKit
import PostgresTestServer
import StoreTestParts
import Testing

/// Behind PgBouncer the store works as without it where sessions are pooled, works otherwise where transactions are and
/// that is said, and is refused in every other case.
@Suite(.enabled(if: Pooler.isInstalled, "there is no PgBouncer: scripts/packages.sh test installs it"))
struct PoolerTests {
    private static func open(
        _ url: String, _ pooling: PostgresStore.Configuration.Pooling,
        _ change: (inout PostgresStore.Configuration) -> Void = { _ in }
    ) async throws -> PostgresStore {
        try await PostgresStore.test(url) { configuration in
            configuration.pooling = pooling
            change(&configuration)
        }
    }

    private static var effort: ConformanceEffort {
        var effort = ConformanceEffort()
        effort.shortRetention = .milliseconds(150)
        effort.steps = 200
        effort.histories = 2
        return effort
    }

    /// Every seventh; all of them, which take a minute, when `ONCE_POOLER_ALL` is set.
    private static var checks: [ConformanceCheck] {
        let all = StoreConformance.checks
        guard ProcessInfo.processInfo.environment["ONCE_POOLER_ALL"] == nil else { return all }
        return all.enumerated().filter { $0.offset.isMultiple(of: 7) }.map(\.element)
    }

    @Test("The suite that every store passes", arguments: [Pooler.Mode.session, .transaction])
    func conformance(mode: Pooler.Mode) async throws {
        let pooling = mode == .session ? PostgresStore.Configuration.Pooling.session : .transaction
        try await Pooled.use(mode, ["default_pool_size": "30"]) { place in
            for check in Self.checks {
                try await StoreConformance(effort: Self.effort) { body in
                    try await place.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
                    let stores = [try await Self.open(place.url(), pooling), try await Self.open(place.url(), pooling)]
                    try await body(stores)
                    for store in stores { await store.close() }
                }.run(check)
            }
        }
    }

    @Test("Where sessions are pooled a change is notified to another instance")
    func notified() async throws {
        try await Pooled.use(.session) { place in
            let stores = [try await Self.open(place.url(), .session), try await Self.open(place.url(), .session)]
            let record = try #require(try await stores[0].exchange(.claim(.test(1), .test(1))).record)
            let waiting = stores[1]
            #expect(waiting.hearsOtherProcesses)
            async let woken: Duration = {
                let start = ContinuousClock.now
                await waiting.change(of: .test(1), within: .seconds(8))
                return ContinuousClock.now - start
            }()
            try await eventually("the record is marked") {
                try await place.execute("SELECT count(*) FROM idempotency_records WHERE awaited") == "1"
            }
            _ = try await stores[0].exchange(.complete(.test(1), record))
            #expect(await woken < .seconds(4))
            for store in stores { await store.close() }
        }
    }

    @Test("A session that outlives its connection in the pool keeps nobody waiting: own writes are recognised")
    func lostBeforePooler() async throws {
        try await Pooled.use(.session) { place in
            let proxy = try FaultProxy(to: place.pooler.port)
            let store = try await Self.open(place.url(port: proxy.port), .session) { $0.connections = 1 }
            _ = try await store.exchange(.claim(.test(99), .test(99)))
            for (number, fault) in [FaultProxy.Fault.cutBefore, .cutAfter, .cutClientOnly].enumerated() {
                proxy.plan(fault)
                let start = ContinuousClock.now
                #expect(try await store.exchange(.claim(.test(number), .test(number))).isStored)
                #expect(proxy.struck == number + 1)
                #expect(ContinuousClock.now - start < .seconds(4))
            }
            #expect(try await place.execute("SELECT count(*) FROM idempotency_records") == "4")
            await store.close()
            proxy.close()
        }
    }

    @Test("A pooler that loses the server around the commit proves nothing: the write is read back")
    func lostBehindPooler() async throws {
        let server = try await SharedServer.server()
        let proxy = try FaultProxy(to: server.port)
        try await Pooled.use(.session, before: proxy.port) { place in
            let store = try await Self.open(place.url(), .session) { $0.connections = 1 }
            _ = try await store.exchange(.claim(.test(99), .test(99)))
            for (number, fault) in [FaultProxy.Fault.cutBefore, .cutAfter].enumerated() {
                proxy.plan(fault)
                #expect(try await store.exchange(.claim(.test(number), .test(number))).isStored)
                #expect(proxy.struck == number + 1)
            }
            await store.close()
        }
        proxy.close()
    }

    @Test(
        "A pooler that exchanges sessions is refused at start unless that is said, and no session is changed",
        arguments: ["0", "1"])
    func unsaidTransactions(roundRobin: String) async throws {
        try await Pooled.use(.transaction, ["server_round_robin": roundRobin]) { place in
            _ = try await place.executeThrough("SELECT 1")
            let error = await #expect(throws: StoreError.self) {
                await (try Self.open(place.url(), .session)).close()
            }
            #expect(error?.code == .misuse)
            #expect(error?.message.contains("pooling=transaction") == true, "\(error?.message ?? "")")
            #expect(try await place.executeThrough(Self.traces) == "on 0 0")
        }
    }

    /// What a program would leave in a session: settings, statements, locks.
    private static let traces = """
        SELECT current_setting('enable_seqscan') || ' ' || (SELECT count(*) FROM pg_prepared_statements) || ' '
            || (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())
        """

    @Test("A pooler that begins to exchange sessions later is noticed by the next transaction in another one")
    func laterTransactions() async throws {
        try await Pooled.use(.session) { place in
            let store = try await Self.open(place.url(), .session) { $0.connections = 1 }
            #expect(try await store.exchange(.claim(.test(1), .test(1))).isStored)
            try await place.pooler.change(to: .transaction, by: place.server)
            // Whoever comes after this one finds its session taken.
            _ = try? await store.exchange(.claim(.test(2), .test(2)))
            async let others: Void = {
                for _ in 0..<3 { _ = try? await place.executeThrough("BEGIN; SELECT pg_sleep(0.3); COMMIT") }
            }()
            var refusal: StoreError?
            for number in 3..<200 where refusal == nil {
                do throws(StoreError) {
                    _ = try await store.exchange(.claim(.test(number), .test(number)))
                } catch {
                    refusal = error
                }
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(refusal?.code == .misuse)
            #expect(refusal?.effect == .notApplied)
            #expect(refusal?.message.contains("pooling=transaction") == true, "\(refusal?.message ?? "no refusal")")
            _ = await others
            await store.close()
        }
    }

    @Test("A pooler that lets no transaction begin is refused at start, whatever is said", arguments: ["0", "1"])
    func statements(roundRobin: String) async throws {
        try await Pooled.use(.statement, ["server_round_robin": roundRobin]) { place in
            for pooling in PostgresStore.Configuration.Pooling.allCases {
                let error = await #expect(throws: StoreError.self) {
                    await (try Self.open(place.url(), pooling)).close()
                }
                #expect(error?.code == .misuse)
                #expect(error?.message.contains("pooling=transaction") == true, "\(error?.message ?? "")")
            }
        }
    }

    @Test("Where transactions are pooled nothing is left in a session, and a duplicate that waits asks again")
    func transactions() async throws {
        // One session, which everybody has in turn.
        try await Pooled.use(.transaction, ["default_pool_size": "1"]) { place in
            let stores = [
                try await Self.open(place.url(), .transaction), try await Self.open(place.url(), .transaction),
            ]
            #expect(!stores[1].hearsOtherProcesses)
            let first = Once(store: stores[0], interrupted: .hold)
            let second = Once(store: stores[1], interrupted: .hold)
            let key = try IdempotencyKey("order")
            async let answer = first.report(key, scope: "pooled", fingerprint: .none) { _ in
                try await Task.sleep(for: .milliseconds(300))
                return "receipt"
            }
            try await eventually("the first runs") { try await stores[1].counts().running == 1 }
            var options = PerformOptions.standard
            options.wait = .seconds(8)
            let report = try await second.report(key, scope: "pooled", fingerprint: .none, options: options) { _ in
                "another"
            }
            #expect(report.isReplay && report.value == "receipt")
            #expect(try await answer.value == "receipt")
            #expect(try await place.executeThrough(Self.traces) == "on 0 0")
            #expect(try await place.executeThrough("SELECT count(*) FROM pg_listening_channels()") == "0")
            for store in stores { await store.close() }
        }
    }

    @Test("Where transactions are pooled a write whose connection broke is unknown, and the same write is recognised")
    func lostTransaction() async throws {
        try await Pooled.use(.transaction) { place in
            let proxy = try FaultProxy(to: place.pooler.port, mark: "COMMIT")
            let store = try await Self.open(place.url(port: proxy.port), .transaction) { $0.connections = 1 }
            _ = try await store.exchange(.claim(.test(99), .test(99)))
            for (number, fault) in [FaultProxy.Fault.cutBefore, .cutAfter].enumerated() {
                proxy.plan(fault)
                let error = await #expect(throws: StoreError.self) {
                    try await store.exchange(.claim(.test(number), .test(number)))
                }
                #expect(error?.effect == .unknown)
                #expect(proxy.struck == number + 1)
                let again = try await store.exchange(.claim(.test(number), .test(number)))
                #expect(again.isStored == (fault == .cutBefore))
                #expect(again.record?.owner == .test(number))
            }
            await store.close()
            proxy.close()
        }
    }

    @Test("Key and business row commit together through a pooler", arguments: [Pooler.Mode.session, .transaction])
    func businessRows(mode: Pooler.Mode) async throws {
        try await Pooled.use(mode) { place in
            try await place.execute("CREATE TABLE payment (reference text)")
            var configuration = PostgresDatabase.Configuration()
            configuration.connections = 2
            configuration.store.pooling = mode == .session ? .session : .transaction
            let database = try await PostgresDatabase.open(place.url(), configuration: configuration, logger: silent)
            let once = Once(store: MemoryStore(), interrupted: .hold)
            let key = try IdempotencyKey("order")
            let receipts = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        try await once.transaction(key, scope: "pooled", request: "10 EUR", in: database) {
                            transaction, attempt in
                            try transaction.execute("INSERT INTO payment VALUES ($1)", .text("A-1"))
                            return "receipt-\(attempt.fence)"
                        }
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(receipts.count == 1)
            #expect(try await place.execute("SELECT count(*) FROM payment") == "1")
            await database.close()
        }
    }
}

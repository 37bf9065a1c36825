import Idempotency
import IdempotencyPostgres
import PostgresTestServer
import StoreTestParts
import Testing

/// What the table is like, and what is refused in it.
@Suite struct TableTests {
    @Test(
        "Scenario 36: a record with unknown content is refused, the others are served",
        arguments: [
            "version = 2", "state = 9", "fingerprint = '\\x00'", "attempt = -1", "detail = 7", "label_key = 'a\\b'",
            "renewals = 9000000000", "state = 1, outcome = NULL, expires = 9000000000000000",
        ])
    func unknownContent(change: String) async throws {
        try await PostgresStore.use { stores, place in
            let record = try #require(try await stores[0].exchange(.claim(.test(1), .test(1))).record)
            if change.hasPrefix("detail") { _ = try await stores[0].exchange(.complete(.test(1), record)) }
            try await place.execute("UPDATE idempotency_records SET \(change)")
            let error = await #expect(throws: StoreError.self) {
                _ = try await stores[0].exchange(.claim(.test(1), .test(2)))
            }
            #expect(error?.code == .corrupt)
            #expect(error?.effect == .notApplied)
            #expect(try await stores[0].exchange(.claim(.test(2), .test(2))).isStored)
        }
    }

    @Test("A completion stays in its page and touches no index")
    func heapOnlyUpdates() async throws {
        try await PostgresStore.use { stores, place in
            try await claimAndComplete(0..<400, in: stores[0], retention: .seconds(86_400))
            let statistics = try await updates(in: place)
            #expect(statistics.all >= 400)
            #expect(Double(statistics.hot) > 0.9 * Double(statistics.all), "\(statistics)")
        }
    }

    @Test("Once a retention was seen that is shorter than expected, completions touch no index either")
    func learnedRetention() async throws {
        try await PostgresStore.use(1, { $0.connections = 1 }) { stores, place in
            try await claimAndComplete(0..<400, in: stores[0], retention: .seconds(600))
            let statistics = try await updates(in: place)
            #expect(statistics.all >= 400)
            #expect(Double(statistics.hot) > 0.6 * Double(statistics.all), "\(statistics)")
        }
    }

    @Test("Duplicates of a key with an outcome take no fence")
    func silentDuplicates() async throws {
        try await PostgresStore.use { stores, place in
            let record = try #require(try await stores[0].exchange(.claim(.test(1), .test(1))).record)
            _ = try await stores[0].exchange(.complete(.test(1), record))
            let before = try await place.execute("SELECT last_value FROM idempotency_fence")
            for number in 2..<80 {
                #expect(try await !stores[0].exchange(.claim(.test(1), .test(number))).isStored)
            }
            #expect(try await place.execute("SELECT last_value FROM idempotency_fence") == before)
        }
    }

    private func claimAndComplete(_ numbers: Range<Int>, in store: PostgresStore, retention: Duration) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<16 {
                group.addTask {
                    for number in stride(from: numbers.lowerBound + lane, to: numbers.upperBound, by: 16) {
                        let reply = try await store.exchange(.claim(.test(number), .test(number)))
                        guard let record = reply.record else { continue }
                        _ = try await store.exchange(.complete(.test(number), record, retention: retention))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func updates(in place: TestPlace) async throws -> (all: Int, hot: Int) {
        var numbers: [Int] = []
        // Sessions report what they did with a delay.
        try await eventually("the statistics tell of the updates") {
            numbers = try await place.execute(
                "SELECT n_tup_upd || ' ' || n_tup_hot_upd FROM pg_stat_user_tables "
                    + "WHERE relid = 'idempotency_records'::regclass"
            ).split(separator: " ").compactMap { Int($0) }
            return numbers.count == 2 && numbers[0] >= 400
        }
        return (numbers[0], numbers[1])
    }

    @Test("Sweeping removes all that has expired and nothing else, in several processes at once")
    func sweeping() async throws {
        try await PostgresStore.use(2) { stores, place in
            try await claimAndComplete(0..<600, in: stores[0], retention: .milliseconds(1))
            try await claimAndComplete(1000..<1050, in: stores[0], retention: .seconds(600))
            _ = try await stores[0].exchange(.claim(.test(2000), .test(2000), lease: .zero))
            try await Task.sleep(for: .milliseconds(20))
            async let one = stores[0].sweep(limit: 10_000)
            async let two = stores[1].sweep(limit: 10_000)
            let removed = try await one + two
            let rest = try await stores[0].sweep(limit: 10_000)
            #expect(removed + rest == 600)
            #expect(try await place.execute("SELECT count(*) FROM idempotency_records") == "51")
        }
    }

    @Test("Rows that came up and have not expired are put off")
    func postponing() async throws {
        try await PostgresStore.use { stores, place in
            try await claimAndComplete(0..<10, in: stores[0], retention: .seconds(600))
            _ = try await stores[0].exchange(.claim(.test(50), .test(50)))
            try await place.execute("UPDATE idempotency_records SET due = 1")
            #expect(try await stores[0].sweep(limit: 100) == 0)
            #expect(
                try await place.execute(
                    "SELECT count(*) FROM idempotency_records WHERE due > extract(epoch from now()) * 1000000") == "11")
            #expect(try await place.execute("SELECT count(*) FROM idempotency_records WHERE due = expires") == "10")
        }
    }

    @Test("What scopes take is counted page by page, every record once")
    func usage() async throws {
        try await PostgresStore.use { stores, _ in
            let store = stores[0]
            for number in 0..<150 {
                var draft = Draft(claiming: .test(1), owner: .test(number), lease: .seconds(60))
                draft.label.scope = "scope-\(number % 3)"
                draft.checkpoint = [UInt8](repeating: 1, count: 100)
                _ = try await store.exchange(Exchange(.test(number), expecting: .vacant, next: draft))
            }
            var scopes: [String: StoreUsage] = [:]
            var cursor: UInt64?
            var pages = 0
            repeat {
                let page = try await store.usage(after: cursor, limit: 20)
                for (scope, usage) in page.scopes { scopes[scope, default: StoreUsage()] += usage }
                cursor = page.next
                pages += 1
            } while cursor != nil
            #expect(pages > 3)
            #expect(scopes.keys.sorted() == ["scope-0", "scope-1", "scope-2"])
            #expect(scopes.values.allSatisfy { $0.keys == 50 && $0.bytes == 50 * (100 + StoreUsage.bytesPerRecord) })
        }
    }

    @Test(
        "A lease of any length is kept as it is, the endless one too", arguments: [Duration.zero, .seconds(Int64.max)])
    func extremeLeases(lease: Duration) async throws {
        try await PostgresStore.use { stores, _ in
            let written = try await stores[0].exchange(.claim(.test(1), .test(1), lease: lease))
            #expect(written.record?.state == .running(leaseEnd: written.now + lease))
            #expect(try await stores[0].record(.test(1)).record == written.record)
        }
    }
}

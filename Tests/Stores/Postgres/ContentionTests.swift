import Idempotency
import IdempotencyPostgres
import PostgresTestServer
import StoreTestParts
import Testing

/// Several who want the same.
@Suite struct ContentionTests {
    @Test(
        "Scenario 19: a claim that waits for an uncommitted row sees the winner's, or wins when that is rolled back",
        arguments: ["COMMIT", "ROLLBACK"])
    func uncommittedRow(end: String) async throws {
        try await PostgresStore.use { stores, place in
            let id = RecordID.test(1)
            // Somebody who does not take our locks.
            async let other: String = place.execute(
                """
                BEGIN; INSERT INTO idempotency_records (id, version, state, algorithm, fingerprint, owner, fence,
                attempt, renewals, created, moment, written, due, detail, label_key, label_scope, label_operation)
                VALUES
                ('\\x\(id)', 1, 0, 1, decode(repeat('00', 32), 'hex'), '00000000-0000-0000-0000-000000000007', 1,
                1, 0, 1, 9000000000000000, 1, 1, 0, '', '', ''); SELECT pg_sleep(0.7); \(end)
                """)
            try await Task.sleep(for: .milliseconds(300))
            let start = ContinuousClock.now
            let reply = try await stores[0].exchange(.claim(id, .test(2), lease: .seconds(30)))
            _ = try await other
            if end == "COMMIT" {
                #expect(!reply.isStored)
                #expect(reply.record?.owner == Owner(high: 0, low: 7))
            } else {
                #expect(reply.isStored)
                // Scenario 17: the lease has its full length from the grant, which came after the wait.
                let found = try await stores[0].record(id)
                let rest = try #require(found.record).remainingLease(at: found.now)
                #expect(rest > .seconds(30) - (ContinuousClock.now - start) + .milliseconds(150), "\(rest)")
            }
        }
    }

    @Test("A key that somebody keeps locked is refused alone; its neighbours in the batch are stored")
    func lockedKey() async throws {
        try await PostgresStore.use(
            1,
            { configuration in
                configuration.connections = 1
                configuration.lockTimeout = .milliseconds(200)
            }
        ) { stores, place in
            for number in 0..<20 { _ = try await stores[0].exchange(.claim(.test(number), .test(number))) }
            async let other: String = place.execute(
                "BEGIN; UPDATE idempotency_records SET detail = 0 WHERE id = '\\x\(RecordID.test(7))'; "
                    + "SELECT pg_sleep(2); COMMIT"
            )
            try await Task.sleep(for: .milliseconds(300))
            let store = stores[0]
            let refused = await withTaskGroup(of: (Int, StoreError?).self) { group in
                for number in 0..<20 {
                    group.addTask {
                        do throws(StoreError) {
                            _ = try await store.exchange(
                                Exchange(.test(number), expecting: .running(.test(number)), next: nil))
                            return (number, nil)
                        } catch {
                            return (number, error)
                        }
                    }
                }
                return await group.reduce(into: [Int: StoreError]()) { $0[$1.0] = $1.1 }
            }
            #expect(refused.keys.sorted() == [7])
            #expect(refused[7]?.code == .unavailable)
            #expect(refused[7]?.effect == .notApplied)
            _ = try await other
            #expect(try await store.counts().running == 1)
        }
    }

    @Test("A look does not wait for the commits of others")
    func look() async throws {
        try await PostgresStore.use(1, { $0.connections = 1 }) { stores, place in
            let store = stores[0]
            _ = try await store.exchange(.claim(.test(1), .test(1)))
            async let other: String = place.execute(
                "BEGIN; UPDATE idempotency_records SET detail = 0; SELECT pg_sleep(2); COMMIT")
            try await Task.sleep(for: .milliseconds(300))
            let order = try await withThrowingTaskGroup(of: String.self) { group in
                group.addTask {
                    _ = try await store.exchange(Exchange(.test(1), expecting: .running(.test(1)), next: nil))
                    return "release"
                }
                group.addTask {
                    try await Task.sleep(for: .milliseconds(100))
                    let found = try await store.exchange(Exchange(.test(2), expecting: .vacant, next: nil))
                    return found == .stored(nil, now: found.now) ? "look" : "\(found)"
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(order == ["look", "release"])
            _ = try await other
        }
    }

    @Test("Instances that write the same keys in every order never wait for each other in a circle")
    func noDeadlocks() async throws {
        try await PostgresStore.use(3) { stores, place in
            let before = try await place.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'")
            let won = try await withThrowingTaskGroup(of: Int.self) { group in
                for (instance, store) in stores.enumerated() {
                    for key in 0..<300 {
                        let number = instance == 0 ? key : 299 - key
                        group.addTask {
                            let claim = try await store.exchange(.claim(.test(number), .test(instance * 1000 + number)))
                            guard claim.isStored, let record = claim.record else { return 0 }
                            _ = try await store.exchange(.complete(.test(number), record))
                            return 1
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(won == 300)
            #expect(
                try await place.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'") == before)
        }
    }

    @Test("A thousand concurrent exchanges take far fewer transactions; a thousand duplicates of one key a few")
    func groupCommit() async throws {
        try await PostgresStore.use { stores, _ in
            let store = stores[0]
            for ids in [(0..<1000).map { RecordID.test($0) }, Array(repeating: .test(5000), count: 1000)] {
                let before = store.statistics
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (number, id) in ids.enumerated() {
                        group.addTask { _ = try await store.exchange(.claim(id, .test(number))) }
                    }
                    try await group.waitForAll()
                }
                #expect(store.statistics.exchanges - before.exchanges == 1000)
                #expect(store.statistics.batches - before.batches < 300, "\(store.statistics)")
            }
        }
    }

    @Test("A queue that is full refuses, and says that nothing was written")
    func fullQueue() async throws {
        try await PostgresStore.use(1, { $0.queueLimit = 2 }) { stores, _ in
            let store = stores[0]
            let errors = await withTaskGroup(of: StoreError?.self) { group in
                for number in 0..<1000 {
                    group.addTask {
                        do throws(StoreError) {
                            _ = try await store.exchange(.claim(.test(number), .test(number)))
                            return nil
                        } catch {
                            return error
                        }
                    }
                }
                return await group.reduce(into: [StoreError]()) { errors, error in error.map { errors.append($0) } }
            }
            #expect(!errors.isEmpty)
            #expect(errors.allSatisfy { $0.code == .unavailable && $0.effect == .notApplied })
            let running = try await store.counts().running
            #expect(running == 1000 - errors.count)
        }
    }

    @Test("A closed store refuses, and closing it again does nothing")
    func closed() async throws {
        try await PostgresStore.use { stores, _ in
            await stores[0].close()
            let error = await #expect(throws: StoreError.self) {
                _ = try await stores[0].exchange(.claim(.test(1), .test(1)))
            }
            #expect(error?.code == .shutDown)
            #expect(error?.effect == .notApplied)
            let listing = await #expect(throws: StoreError.self) { _ = try await stores[0].counts() }
            #expect(listing?.code == .shutDown)
        }
    }
}

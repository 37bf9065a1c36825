import Idempotency
import IdempotencyPostgres
import PostgresTestServer
import StoreTestParts
import Testing

/// Waiters hear of a change, wherever it is made.
@Suite struct WakingTests {
    /// How long it takes until a waiter of `waiting` is woken by what `act` does.
    private func wait(
        on waiting: PostgresStore, for id: RecordID, in place: TestPlace, _ act: @Sendable () async throws -> Void
    ) async throws -> Duration {
        async let woken: Duration = {
            let start = ContinuousClock.now
            await waiting.change(of: id, within: .seconds(8))
            return ContinuousClock.now - start
        }()
        try await eventually("the record is marked") {
            try await place.execute("SELECT count(*) FROM idempotency_records WHERE awaited") == "1"
        }
        try await act()
        return await woken
    }

    @Test("A completion, a release and a doubt wake a waiter in another instance")
    func otherInstance() async throws {
        try await PostgresStore.use(2) { stores, place in
            for (number, end) in ["completed", "released", "in doubt"].enumerated() {
                let record = try #require(try await stores[0].exchange(.claim(.test(number), .test(number))).record)
                let store = stores[0]
                let time = try await wait(on: stores[1], for: .test(number), in: place) {
                    let next: Draft? =
                        switch end {
                        case "completed":
                            Draft(record, state: .completed(Outcome(.success, []), retention: .seconds(60)))
                        case "released": nil
                        default: Draft(record, state: .inDoubt(.unknownEnd))
                        }
                    _ = try await store.exchange(
                        Exchange(.test(number), expecting: .running(.test(number)), next: next))
                }
                #expect(time < .seconds(4), "\(end): \(time)")
                try await place.execute("DELETE FROM idempotency_records")
            }
        }
    }

    @Test("Whoever waits for a record that is not running does not wait")
    func nothingToWaitFor() async throws {
        try await PostgresStore.use { stores, _ in
            let record = try #require(try await stores[0].exchange(.claim(.test(1), .test(1))).record)
            _ = try await stores[0].exchange(.complete(.test(1), record))
            for id in [RecordID.test(1), .test(2)] {
                let start = ContinuousClock.now
                await stores[0].change(of: id, within: .seconds(8))
                #expect(ContinuousClock.now - start < .seconds(4))
            }
        }
    }

    @Test("When nothing changes the limit ends the wait, and cancelling ends it at once")
    func limits() async throws {
        try await PostgresStore.use { stores, _ in
            _ = try await stores[0].exchange(.claim(.test(1), .test(1)))
            let start = ContinuousClock.now
            await stores[0].change(of: .test(1), within: .milliseconds(300))
            #expect(ContinuousClock.now - start >= .milliseconds(300))
            let store = stores[0]
            let cancelled = await withTaskGroup(of: Void.self) { group in
                let start = ContinuousClock.now
                group.addTask { await store.change(of: .test(1), within: .seconds(8)) }
                group.cancelAll()
                await group.waitForAll()
                return ContinuousClock.now - start
            }
            #expect(cancelled < .seconds(4))
        }
    }

    @Test("A renewal wakes a waiter in another instance as well, who then looks again")
    func renewal() async throws {
        try await PostgresStore.use(2) { stores, place in
            let record = try #require(try await stores[0].exchange(.claim(.test(1), .test(1))).record)
            let time = try await wait(on: stores[1], for: .test(1), in: place) { [store = stores[0]] in
                _ = try await store.exchange(
                    Exchange(
                        .test(1), expecting: .running(.test(1)),
                        next: Draft(record, state: .running(lease: .seconds(9)))))
            }
            #expect(time < .seconds(4))
        }
    }

    @Test("A key that is waited for a second time, as another attempt runs, is marked again")
    func secondWait() async throws {
        try await PostgresStore.use(2) { stores, place in
            let other = stores[0]
            for _ in 0..<2 {
                _ = try await other.exchange(.claim(.test(1), .test(1)))
                let time = try await wait(on: stores[1], for: .test(1), in: place) {
                    _ = try await other.exchange(Exchange(.test(1), expecting: .running(.test(1)), next: nil))
                }
                #expect(time < .seconds(4))
            }
        }
    }

    /// Uses a store behind a proxy, and another one beside it.
    private func behindProxy(
        _ body: (_ store: PostgresStore, _ other: PostgresStore, FaultProxy, TestPlace) async throws -> Void
    ) async throws {
        try await PostgresStore.use { stores, place in
            let proxy = try FaultProxy(to: place.server.port)
            let store = try await PostgresStore.test(place.url(port: proxy.port)) { $0.connections = 1 }
            try await body(store, stores[0], proxy, place)
            await store.close()
            proxy.close()
        }
    }

    @Test("What changed while nobody could listen wakes those who wait, as soon as somebody listens again")
    func missedNotification() async throws {
        try await behindProxy { store, other, proxy, place in
            let record = try #require(try await other.exchange(.claim(.test(1), .test(1))).record)
            let time = try await wait(on: store, for: .test(1), in: place) {
                proxy.refuseConnections(true)
                proxy.cut()
                _ = try await other.exchange(.complete(.test(1), record))
                proxy.refuseConnections(false)
            }
            #expect(time < .seconds(4))
        }
    }

    @Test("Without a connection for notifications, a change by the same process wakes")
    func sameProcess() async throws {
        try await behindProxy { store, _, proxy, _ in
            let record = try #require(try await store.exchange(.claim(.test(1), .test(1))).record)
            proxy.refuseConnections(true)
            // The first who waits looks at the record after a while all the same; the second does not.
            async let first: Void = store.change(of: .test(1), within: .seconds(8))
            try await Task.sleep(for: .milliseconds(100))
            let start = ContinuousClock.now
            async let second: Void = store.change(of: .test(1), within: .seconds(8))
            try await Task.sleep(for: .milliseconds(100))
            _ = try await store.exchange(.complete(.test(1), record))
            await second
            #expect(ContinuousClock.now - start < .seconds(4))
            await first
            proxy.refuseConnections(false)
        }
    }
}

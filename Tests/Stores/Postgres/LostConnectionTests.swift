import Idempotency
import IdempotencyPostgres
import PostgresTestServer
import StoreTestParts
import Testing

/// Connections that break when it matters.
@Suite struct LostConnectionTests {
    /// Uses a store behind a proxy that can break its connections.
    private func behindProxy(
        _ change: @escaping (inout PostgresStore.Configuration) -> Void = { _ in },
        _ body: (PostgresStore, FaultProxy, TestPlace) async throws -> Void
    ) async throws {
        try await SharedServer.withSchema { url, server in
            let proxy = try FaultProxy(to: server.port)
            let place = TestPlace(server: server, url: url)
            let store = try await PostgresStore.test(place.url(port: proxy.port)) { configuration in
                configuration.connections = 1
                change(&configuration)
            }
            // The statements are prepared and the connection is made before anything breaks.
            _ = try await store.exchange(.claim(.test(99), .test(99)))
            try await body(store, proxy, place)
            await store.close()
            proxy.close()
        }
    }

    @Test(
        "Scenario 21: a connection that is cut around the commit costs nothing: what was written is read back",
        arguments: [FaultProxy.Fault.cutBefore, .cutAfter, .cutClientOnly])
    func cutAroundCommit(fault: FaultProxy.Fault) async throws {
        try await behindProxy { store, proxy, place in
            proxy.plan(fault)
            let claimed = try await store.exchange(.claim(.test(1), .test(1)))
            #expect(proxy.struck == 1)
            #expect(claimed.isStored)
            let record = try #require(claimed.record)
            proxy.plan(fault)
            let renewed = try await store.exchange(
                Exchange(
                    .test(1), expecting: .running(.test(1)), next: Draft(record, state: .running(lease: .seconds(9)))))
            #expect(renewed.isStored)
            proxy.plan(fault)
            let completed = try await store.exchange(.complete(.test(1), try #require(renewed.record)))
            #expect(completed.isStored)
            #expect(proxy.struck == 3)
            #expect(try await store.record(.test(1)).record == completed.record)
            #expect(store.statistics.reconnections >= 3)
            #expect(try await place.execute("SELECT count(*) FROM idempotency_records") == "2")
        }
    }

    @Test("A claim that lost its connection and met another owner is told so")
    func cutAndOvertaken() async throws {
        try await behindProxy { store, proxy, _ in
            _ = try await store.exchange(.claim(.test(1), .test(1)))
            proxy.plan(.cutAfter)
            let reply = try await store.exchange(.claim(.test(1), .test(2)))
            #expect(!reply.isStored)
            #expect(reply.record?.owner == .test(1))
        }
    }

    @Test("A release whose answer was lost is unknown, since a vacant key has no owner to tell by")
    func lostRelease() async throws {
        try await behindProxy { store, proxy, _ in
            _ = try await store.exchange(.claim(.test(1), .test(1)))
            proxy.plan(.cutAfter)
            let error = await #expect(throws: StoreError.self) {
                _ = try await store.exchange(Exchange(.test(1), expecting: .running(.test(1)), next: nil))
            }
            #expect(error?.effect == .unknown)
            #expect(try await store.record(.test(1)).record == nil)
        }
    }

    @Test("A server that is silent after the commit was sent leaves it unknown, within the time-out")
    func silence() async throws {
        try await behindProxy({ $0.requestTimeout = .seconds(1) }) { store, proxy, place in
            proxy.plan(.silence)
            let start = ContinuousClock.now
            let error = await #expect(throws: StoreError.self) {
                _ = try await store.exchange(.claim(.test(1), .test(1)))
            }
            #expect(error?.code == .unavailable)
            #expect(error?.effect == .unknown)
            #expect(ContinuousClock.now - start < .seconds(5))
            let rows = try await place.execute("SELECT count(*) FROM idempotency_records")
            #expect(rows == "2")
            // The engine repeats it, and finds its own owner.
            #expect(try await store.exchange(.claim(.test(1), .test(1))).record?.owner == .test(1))
        }
    }

    @Test("A session that the administrator ends is replaced, and nobody notices")
    func terminated() async throws {
        try await SharedServer.withSchema { url, server in
            let place = TestPlace(server: server, url: url)
            let store = try await PostgresStore.test("\(url)&application_name=\(place.schema)")
            _ = try await store.exchange(.claim(.test(0), .test(0)))
            for round in 1...5 {
                let ended = try await place.execute(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                        + "WHERE application_name = '\(place.schema)'")
                #expect(ended != "0")
                #expect(try await store.exchange(.claim(.test(round), .test(round))).isStored)
            }
            await store.close()
        }
    }

    @Test("A server that is gone is refused soon and with no effect, and used again when it is back")
    func outage() async throws {
        let server = try await PostgresServer.start()
        let store = try await PostgresStore.test(server.url()) { $0.requestTimeout = .seconds(1) }
        _ = try await store.exchange(.claim(.test(1), .test(1)))
        await server.stop()
        let start = ContinuousClock.now
        let error = await #expect(throws: StoreError.self) { _ = try await store.exchange(.claim(.test(2), .test(2))) }
        #expect(error?.code == .unavailable)
        #expect(error?.effect == .notApplied)
        #expect(ContinuousClock.now - start < .seconds(5))
        try await server.launch()
        try await eventually("the store writes again") {
            (try? await store.exchange(.claim(.test(3), .test(3))).record?.owner) == .test(3)
        }
        #expect(try await store.record(.test(1)).record != nil)
        await store.close()
        await server.remove()
    }

    @Test("A server that stands still past the lease: the late completion changes nothing (scenario 14)")
    func standstill() async throws {
        let server = try await PostgresServer.start()
        let store = try await PostgresStore.test(server.url()) { $0.requestTimeout = .seconds(1) }
        let old = try #require(try await store.exchange(.claim(.test(1), .test(1), lease: .milliseconds(200))).record)
        server.pause(true)
        let stalled = await #expect(throws: StoreError.self) { _ = try await store.exchange(.complete(.test(1), old)) }
        #expect(stalled?.effect == .unknown)
        server.pause(false)
        // Whatever became of that completion, it and a takeover exclude each other.
        try await eventually("the server answers") { (try? await store.record(.test(1))) != nil }
        let takeover = Exchange(
            .test(1), expecting: .unrenewed(.test(1), renewals: 0),
            next: Draft(takingOver: old, owner: .test(2), lease: .seconds(60)))
        let taken = try await store.exchange(takeover)
        let late = try await store.exchange(.complete(.test(1), old, [9]))
        #expect(!late.isStored)
        if taken.isStored {
            #expect(late.record == taken.record)
        } else {
            guard case .completed(let outcome, _, _) = late.record?.state else {
                Issue.record("neither the takeover nor the completion was stored")
                return
            }
            #expect(outcome.bytes == [1, 2, 3])
        }
        await store.close()
        await server.remove()
    }
}

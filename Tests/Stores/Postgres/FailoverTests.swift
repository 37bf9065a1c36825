import Idempotency
import IdempotencyPostgres
import PostgresTestServer
import StoreTestParts
import Testing

/// A primary that dies, and its replica that takes over.
@Suite struct FailoverTests {
    /// The address of both servers; the primary among them is taken.
    private func url(_ primary: PostgresServer, _ standby: PostgresServer) -> String {
        primary.url().replacing(
            "127.0.0.1:\(primary.port)", with: "127.0.0.1:\(primary.port),127.0.0.1:\(standby.port)")
    }

    private func promote(_ standby: PostgresServer) async throws {
        try await standby.execute("SELECT pg_promote()")
    }

    @Test("Scenario 22: an asynchronous replica that lagged behind grants a key again, as is documented")
    func asynchronous() async throws {
        let primary = try await PostgresServer.start()
        await (try PostgresStore.test(primary.url())).close()
        let standby = try await primary.standby()
        let store = try await PostgresStore.test(url(primary, standby))
        #expect(store.durability.level == .singleNode)
        #expect(store.durability.description.contains("granted again"))
        await standby.stop()
        #expect(try await store.exchange(.claim(.test(1), .test(1))).isStored)
        await primary.kill()
        try await standby.launch()
        try await promote(standby)
        // Over the same store, which finds the new primary by itself.
        let again = try await store.exchange(.claim(.test(1), .test(2)))
        #expect(again.isStored, "the replica had the claim; then this test shows nothing")
        await store.close()
        await standby.remove()
        await primary.remove()
    }

    @Test("Scenario 22: a synchronous replica that takes over has every key that was granted")
    func synchronous() async throws {
        let primary = try await PostgresServer.start()
        await (try PostgresStore.test(primary.url())).close()
        let standby = try await primary.standby()
        try await primary.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        try await primary.execute("SELECT pg_reload_conf()")
        try await eventually("the standby is synchronous") {
            try await primary.execute("SELECT sync_state FROM pg_stat_replication") == "sync"
        }
        let store = try await PostgresStore.test(url(primary, standby)) { $0.requestTimeout = .seconds(20) }
        #expect(store.durability.level == .replicated)
        for key in 0..<50 { #expect(try await store.exchange(.claim(.test(key), .test(key))).isStored) }
        await primary.kill()
        try await promote(standby)
        for key in 0..<50 {
            let again = try await store.exchange(.claim(.test(key), .test(1000)))
            #expect(again.record?.owner == .test(key))
            #expect(!again.isStored)
        }
        await store.close()
        await standby.remove()
        await primary.remove()
    }

    @Test(
        "Scenario 23: without its synchronous standby nothing is acknowledged; a wait that is cancelled is unknown"
    )
    func missingStandby() async throws {
        let primary = try await PostgresServer.start()
        await (try PostgresStore.test(primary.url())).close()
        let standby = try await primary.standby()
        try await primary.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        try await primary.execute("SELECT pg_reload_conf()")
        try await eventually("the standby is synchronous") {
            try await primary.execute("SELECT sync_state FROM pg_stat_replication") == "sync"
        }
        let store = try await PostgresStore.test(primary.url()) { $0.requestTimeout = .seconds(4) }
        _ = try await store.exchange(.claim(.test(0), .test(0)))
        await standby.stop()
        async let cancelled: StoreError? = {
            do throws(StoreError) {
                _ = try await store.exchange(.claim(.test(1), .test(1)))
                return nil
            } catch {
                return error
            }
        }()
        try await eventually("the commit waits for the standby") {
            try await primary.execute(
                "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") != "0"
        }
        let error = await cancelled
        #expect(error?.effect == .unknown)
        #expect(
            error?.message.contains("stopped waiting for its synchronous standbys") == true, "\(error?.message ?? "")")
        let late = await #expect(throws: StoreError.self) { _ = try await store.exchange(.claim(.test(2), .test(2))) }
        #expect(late?.effect == .unknown)
        // What could not be replicated is on the old primary's disk only; a replica that takes over grants it again.
        await primary.kill()
        try await standby.launch()
        try await promote(standby)
        let other = try await PostgresStore.test(standby.url())
        #expect(try await other.exchange(.claim(.test(0), .test(7))).isStored == false)
        #expect(try await other.exchange(.claim(.test(1), .test(7))).isStored)
        await other.close()
        await store.close()
        await standby.remove()
        await primary.remove()
    }
}

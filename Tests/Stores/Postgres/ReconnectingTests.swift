import Foundation
import Idempotency
import Logging
import PostgresTestServer
import StoreTestParts
import Testing

@testable import IdempotencyPostgres

/// A server that is gone, or ends every session, is not stormed.
@Suite struct ReconnectingTests {
    /// Uses a keeper of connections to a place where nobody listens.
    private func withoutServer(_ body: @escaping @Sendable (inout ConnectionKeeper) -> Void) async throws -> Int {
        let address = try ServerAddress("postgres://me@127.0.0.1:\(try PostgresServer.freePort())/db")
        let journal = Journal()
        let logger = Logger(label: "test", factory: { _ in journal })
        // It blocks its thread.
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var keeper = ConnectionKeeper(
                    address, configuration: PostgresStore.Configuration(), isForExchanges: true, logger: logger)
                body(&keeper)
                continuation.resume()
            }
        }
        return journal.text.split(separator: "\n").count { $0.contains("it is tried again") }
    }

    @Test("A server that is not there is tried at once, and then less and less often")
    func goneServer() async throws {
        let tries = try await withoutServer { keeper in
            let error = #expect(throws: StoreError.self) { try keeper.connection(until: .now + .milliseconds(600)) }
            #expect(error?.code == .unavailable)
            #expect(error?.effect == .notApplied)
        }
        // 0, 0, 25, 50, 100, 200 and 400 ms apart, half of it left to chance.
        #expect((4...9).contains(tries), "\(tries) tries")
    }

    @Test("Who has no patience for the next pause is told why at once, and does not shorten it")
    func impatience() async throws {
        let tries = try await withoutServer { keeper in
            let end = ContinuousClock.now + .milliseconds(300)
            var refusals = 0
            while ContinuousClock.now < end {
                let error = #expect(throws: StoreError.self) { try keeper.connection(until: .now + .milliseconds(2)) }
                #expect(error?.message.contains("cannot be reached") == true)
                refusals += 1
                keeper.waitForNextTry(atMost: .milliseconds(20))
            }
            #expect(refusals < 40, "\(refusals) refusals: nothing was waited for")
        }
        #expect((3...8).contains(tries), "\(tries) tries")
    }

    @Test("Scenario 20: a server that ends every session in the middle of a round is asked with growing pauses")
    func shortSessions() async throws {
        try await SharedServer.withSchema { url, server in
            let place = TestPlace(server: server, url: url)
            let store = try await PostgresStore.test(url) { configuration in
                configuration.connections = 1
                configuration.requestTimeout = .milliseconds(800)
            }
            _ = try await store.exchange(.claim(.test(0), .test(0)))
            try await place.execute(
                """
                CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
                CREATE TRIGGER leave BEFORE INSERT ON idempotency_records FOR EACH ROW EXECUTE FUNCTION leave();
                """)
            let error = await #expect(throws: StoreError.self) {
                _ = try await store.exchange(.claim(.test(1), .test(1)))
            }
            #expect(error?.code == .unavailable)
            // The last try may end for want of time instead of by the server's word; then nobody knows.
            #expect((2...9).contains(store.statistics.reconnections), "\(store.statistics.reconnections)")
            try await place.execute("ALTER TABLE idempotency_records DISABLE TRIGGER leave")
            try await eventually("the store writes again") {
                (try? await store.exchange(.claim(.test(1), .test(1))).isStored) == true
            }
            await store.close()
        }
    }
}

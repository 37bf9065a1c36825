import Idempotency
import IdempotencyPostgres
import PostgresTestServer
import StoreTestParts
import Testing

/// The store speaks TLS as its address says, and only with the server that it means.
@Suite struct TLSTests {
    private func refusal(_ url: String) async -> StoreError? {
        let error = await #expect(throws: StoreError.self) { await (try PostgresStore.test(url)).close() }
        #expect(error?.effect == .notApplied)
        return error
    }

    @Test("With the right authority and name all connections are encrypted: exchanges, notifications and the rest")
    func verified() async throws {
        let secure = try await SecureServer.shared()
        let url = try await secure.url("verified", secure.trusting())
        let stores = [try await PostgresStore.test(url), try await PostgresStore.test(url)]
        let record = try #require(try await stores[0].exchange(.claim(.test(1), .test(1))).record)
        let waiting = stores[1]
        async let woken: Duration = {
            let start = ContinuousClock.now
            await waiting.change(of: .test(1), within: .seconds(8))
            return ContinuousClock.now - start
        }()
        try await eventually("the record is marked") {
            try await secure.server.execute(
                "SELECT count(*) FROM idempotency_records WHERE awaited", database: "verified") == "1"
        }
        #expect(try await secure.server.execute(Self.encrypted) == "LISTEN true, others true")
        #expect(try await stores[0].exchange(.complete(.test(1), record)).isStored)
        #expect(await woken < .seconds(4))
        for store in stores { await store.close() }
    }

    /// Which of the store's sessions there are, and whether all of them are encrypted.
    private static let encrypted = """
        SELECT 'LISTEN ' || bool_and(ssl) FILTER (WHERE query LIKE 'LISTEN %') || ', others '
            || bool_and(ssl) FILTER (WHERE query NOT LIKE 'LISTEN %')
        FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) WHERE datname = 'verified' AND application_name = 'once'
        """

    @Test("A server that another authority vouches for is refused, and the reason is told")
    func wrongAuthority() async throws {
        let secure = try await SecureServer.shared()
        for mode in ["verify-ca", "verify-full"] {
            let error = await refusal(try await secure.url("postgres", secure.trusting("stranger", mode)))
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains("certificate verify failed") == true, "\(error?.message ?? "")")
            #expect(error?.message.contains("localhost:\(secure.server.port)") == true, "\(error?.message ?? "")")
        }
    }

    @Test("A server of another name is refused under verify-full, with both names, and accepted under verify-ca")
    func wrongName() async throws {
        let secure = try await SecureServer.shared()
        let error = await refusal(try await secure.url("postgres", host: "other.test", secure.trusting()))
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("\"localhost\"") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("host name \"other.test\"") == true, "\(error?.message ?? "")")
        let store = try await PostgresStore.test(
            try await secure.url("named", host: "other.test", secure.trusting("ca", "verify-ca")))
        #expect(try await store.exchange(.claim(.test(1), .test(1))).isStored)
        await store.close()
    }

    @Test("A server that takes nothing but TLS refuses an address without it")
    func plain() async throws {
        let secure = try await SecureServer.shared()
        let error = await refusal(try await secure.url("postgres", "sslmode=disable"))
        #expect(error?.message.contains("no encryption") == true, "\(error?.message ?? "")")
    }

    @Test("A client is let in by its certificate; without one, with another's and with a stranger's it is not")
    func clientCertificate() async throws {
        let secure = try await SecureServer.shared()
        let store = try await PostgresStore.test(
            try await secure.url("certified", as: "alice", secure.trusting(), secure.showing("alice")))
        #expect(try await store.exchange(.claim(.test(1), .test(1))).isStored)
        await store.close()
        for (certificate, reason) in [
            (nil, "requires a valid client certificate"), ("bob", "certificate authentication failed for user"),
            ("mallory", "unknown ca"),
        ] {
            let options = certificate.map { secure.showing($0) }
            let error = await refusal(
                try await secure.url("certified", as: "alice", secure.trusting(), options ?? "sslcert=/none"))
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
        }
    }
}

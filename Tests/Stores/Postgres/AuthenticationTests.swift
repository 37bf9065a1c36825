import Foundation
import Idempotency
import IdempotencyPostgres
import Logging
import PostgresTestServer
import StoreTestParts
import Testing

/// Passwords: the right one opens, a wrong one is refused at once, and none is ever told.
@Suite struct AuthenticationTests {
    @Test(
        "A password opens the store: in the address, percent-encoded, or in a file beside it; bound to the TLS channel")
    func rightPassword() async throws {
        let secure = try await SecureServer.shared()
        let directory = try TestDirectory()
        let file = directory.file("passwords")
        try "*:*:*:secret:\(SecureServer.password.plain)\n".write(toFile: file, atomically: false, encoding: .utf8)
        chmod(file, 0o600)
        let options = secure.trusting() + "&channel_binding=require"
        for url in [
            try await secure.url("passwords", as: "secret:\(SecureServer.password.encoded)", options),
            try await secure.url("passwords", as: "secret", options, "passfile=\(file)"),
        ] {
            let store = try await PostgresStore.test(url)
            _ = try await store.exchange(.claim(.test(1), .test(1)))
            #expect(try await store.counts().running == 1)
            await store.close()
        }
    }

    @Test("A wrong password is refused after one try, with the user and without the password")
    func wrongPassword() async throws {
        let secure = try await SecureServer.shared()
        for (user, reason) in [
            ("secret:wr0ng-one", #"password authentication failed for user "secret""#),
            ("secret", "no password supplied"),
        ] {
            let before = Self.refusals(secure)
            let start = ContinuousClock.now
            let error = await #expect(throws: StoreError.self) {
                await (try PostgresStore.test(try await secure.url("postgres", as: user, secure.trusting()))).close()
            }
            #expect(ContinuousClock.now - start < .seconds(3))
            #expect(error?.effect == .notApplied)
            #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
            let told = "\(error as Any) \(error?.cause as Any)"
            #expect(!told.contains("wr0ng-one"))
            #expect(Self.refusals(secure) - before == (user == "secret" ? 0 : 1))
        }
    }

    private static func refusals(_ secure: SecureServer) -> Int {
        secure.server.log.components(separatedBy: #"password authentication failed for user "secret""#).count
    }

    @Test("A password that is changed while the store is open: refusals without a secret, until it is right again")
    func changedPassword() async throws {
        let secure = try await SecureServer.shared()
        try await secure.server.execute("CREATE ROLE changed LOGIN SUPERUSER PASSWORD '\(SecureServer.password.plain)'")
        let url = try await secure.url(
            "changed", as: "changed:\(SecureServer.password.encoded)", secure.trusting())
        let journal = Journal()
        var configuration = PostgresStore.Configuration()
        configuration.requestTimeout = .seconds(2)
        let store = try await PostgresStore.open(
            url, configuration: configuration, logger: Logger(label: "test") { _ in journal })
        #expect(try await store.exchange(.claim(.test(1), .test(1))).isStored)

        try await secure.server.execute("ALTER ROLE changed PASSWORD 'n0t-that'")
        try await secure.server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'changed'")
        let error = await #expect(throws: StoreError.self) { try await store.exchange(.claim(.test(2), .test(2))) }
        #expect(error?.code == .unavailable)
        let told = journal.text + "\(error as Any) \(error?.cause as Any)"
        #expect(told.contains(#"password authentication failed for user "changed""#), "\(told)")
        for secret in [SecureServer.password.plain, SecureServer.password.encoded, "n0t-that"] {
            #expect(!told.contains(secret))
        }

        try await secure.server.execute("ALTER ROLE changed PASSWORD '\(SecureServer.password.plain)'")
        #expect(try await store.exchange(.claim(.test(3), .test(3))).isStored)
        await store.close()
    }
}

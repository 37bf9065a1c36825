import PostgresTestServer
import StoreTestParts
import Synchronization

/// A server that speaks nothing but TLS, shared by the tests of a run.
///
/// `once` may do everything and needs no password, `secret` and `changed` have one, `alice` needs a certificate in that
/// name.
struct SecureServer: Sendable {
    let server: PostgresServer
    let certificates: TestCertificates
    private let directory: TestDirectory

    /// The password of the role `secret`; in the address its sign is percent-encoded.
    static let password = (plain: "hush%hush", encoded: "hush%25hush")

    private static let started = Mutex<Task<SecureServer, any Error>?>(nil)

    /// The server; started by whoever asks first, ended with this process.
    static func shared() async throws -> SecureServer {
        let task = started.withLock { started in
            let task = started ?? Task { try await start() }
            started = task
            return task
        }
        return try await task.value
    }

    private static func start() async throws -> SecureServer {
        let directory = try TestDirectory()
        let certificates = try await TestCertificates(in: directory.path)
        let server = try await PostgresServer.start(
            access: .init(
                "hostssl all once 127.0.0.1/32 trust", "hostssl all secret,changed 127.0.0.1/32 scram-sha-256",
                "hostssl all alice 127.0.0.1/32 cert",
                certificates: (
                    certificates.certificate("server"), certificates.key("server"), certificates.certificate("ca")
                )))
        try await server.execute("CREATE ROLE alice LOGIN SUPERUSER")
        try await server.execute("CREATE ROLE secret LOGIN SUPERUSER PASSWORD '\(password.plain)'")
        return SecureServer(server: server, certificates: certificates, directory: directory)
    }

    /// The address of an own database of a test, which is made if it is not there.
    func url(_ database: String, as user: String = "once", host: String = "localhost", _ options: String...)
        async throws
        -> String
    {
        if try await server.execute("SELECT 1 FROM pg_database WHERE datname = '\(database)'").isEmpty {
            try await server.execute("CREATE DATABASE \(database)")
        }
        // The address is told apart from the name, so that the name may be any.
        return "postgres://\(user)@\(host):\(server.port)/\(database)?"
            + (["hostaddr=127.0.0.1"] + options).joined(separator: "&")
    }

    /// The options that trust the authority of the server, or another one.
    func trusting(_ authority: String = "ca", _ mode: String = "verify-full") -> String {
        "sslmode=\(mode)&sslrootcert=\(certificates.certificate(authority))"
    }

    /// The options that show a certificate.
    func showing(_ name: String) -> String {
        "sslcert=\(certificates.certificate(name))&sslkey=\(certificates.key(name))"
    }
}

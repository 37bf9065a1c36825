import Idempotency
import NIOSSL
import RedisTestParts
import StoreTestParts
import Testing

@testable import IdempotencyRedis

/// The store speaks TLS, and only with the server that it means.
@Suite struct TLSTests {
    /// Opens a store over TLS; the name is that which the certificate must have.
    private func open(_ server: RedisServer, _ port: Int, trusting root: String, name: String?) async throws
        -> RedisStore
    {
        try await server.open(through: port) {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(root)
            $0.tls = tls
            $0.tlsServerName = name
        }
    }

    @Test("A server whose certificate is trusted and fits is used, any other is refused before a password is sent")
    func verification() async throws {
        let directory = try TestDirectory()
        let certificates = try await TestCertificates(in: directory.path)
        let (ca, stranger) = (certificates.certificate("ca"), certificates.certificate("stranger"))
        let port = try LoopbackPort.free()
        let server = try await RedisServer.start(
            .never, "--tls-port", "\(port)", "--tls-cert-file", certificates.certificate("elsewhere"),
            "--tls-key-file", certificates.key("elsewhere"), "--tls-ca-cert-file", ca, "--tls-auth-clients", "no")
        let store = try await open(server, port, trusting: ca, name: "server.test")
        try await store.execute(1)
        #expect(try await store.counts() == RecordCounts(completed: 1))
        await store.close()
        let before = try server.send("INFO", "commandstats").text ?? ""
        for (root, name) in [
            (stranger, "server.test"), (ca, "other.test"), (ca, nil),
        ] {
            let error = await #expect(throws: StoreError.self, "\(name ?? "the address")") {
                await (try await open(server, port, trusting: root, name: name)).close()
            }
            #expect(error?.code == .unavailable)
        }
        // Not even a greeting has come through.
        let after = try server.send("INFO", "commandstats").text ?? ""
        #expect(Self.greetings(before) == Self.greetings(after))
        #expect(Self.greetings(after) != nil)
    }

    private static func greetings(_ statistics: String) -> Substring? {
        statistics.split(whereSeparator: \.isNewline).first { $0.hasPrefix("cmdstat_hello:") }?
            .split(separator: ",").first
    }
}

import Foundation
import IdempotencyHTTP
import NIOSSL
import Testing

@testable import IdempotencyGateway

@Suite("TLS from clients")
struct ServerTLSTests {
    @Test("New connections see a reloaded certificate, and those that are open go on")
    func reload() async throws {
        let certificates = try TestCertificates()
        try certificates.issue("first")
        try certificates.issue("second")
        let trusting = try certificates.client()
        try await Bench.run(configure: { $0.tls = certificates.files("first") }) { _, reply in
            reply.answer(200, [], "ok")
        } test: { bench, _ async throws in
            let before = try await bench.connect(trusting)
            #expect(try await before.request("GET", "/").body == "ok")
            try bench.gateway.reload(certificates.files("second"))
            let after = try await bench.connect(trusting)
            #expect(try await after.request("GET", "/").body == "ok")
            #expect(try await before.request("GET", "/").body == "ok")
            let serials = (try await before.serialNumber(), try await after.serialNumber())
            #expect(serials.0 != nil && serials.1 != nil && serials.0 != serials.1)
        }
    }

    @Test("Files that cannot be used are refused with their reason, and everything stays as it is")
    func refused() async throws {
        let certificates = try TestCertificates()
        try certificates.issue("first")
        try certificates.issue("other")
        try Data("no certificate".utf8).write(to: URL(fileURLWithPath: certificates.path("garbage.pem")))
        try Data().write(to: URL(fileURLWithPath: certificates.path("empty.key")))
        try certificates.openssl(
            ["ec", "-in", certificates.path("first.key"), "-aes256", "-passout", "pass:secret"]
                + ["-out", certificates.path("locked.key")])
        let path = certificates.path
        let cases: [(ServerTLS, ServerTLSError)] = [
            (
                certificates.files("first", key: "other"),
                .mismatch(certificate: path("first.pem"), key: path("other.key"))
            ),
            (
                certificates.files("absent"),
                .unreadable(path: path("absent.pem"), reason: "No such file or directory")
            ),
            (certificates.files("garbage", key: "first"), .noCertificate(path: path("garbage.pem"))),
            (certificates.files("first", key: "empty"), .unreadable(path: path("empty.key"), reason: "it is empty")),
            (certificates.files("first", key: "locked"), .noKey(path: path("locked.key"))),
        ]
        let trusting = try certificates.client()
        try await Bench.run(configure: { $0.tls = certificates.files("first") }) { _, reply in
            reply.answer(200, [], "ok")
        } test: { bench, _ async throws in
            let before = try await bench.connect(trusting)
            #expect(try await before.request("GET", "/").body == "ok")
            let serial = try await before.serialNumber()
            for (files, expected) in cases {
                #expect(throws: expected) { try files.check() }
                #expect(throws: expected) { try bench.gateway.reload(files) }
                #expect(!"\(expected)".isEmpty)
            }
            let client = try await bench.connect(trusting)
            #expect(try await client.request("GET", "/").body == "ok")
            let stillThere = try await client.serialNumber()
            #expect(serial != nil && stillThere == serial)
        }
    }

    @Test("A gateway does not start with files that it cannot use, nor does one without TLS take some")
    func start() async throws {
        let certificates = try TestCertificates()
        try certificates.issue("first")
        let files = certificates.files("absent")
        await #expect(throws: GatewayConfigurationError.self) {
            try await Bench.run(configure: { $0.tls = files }) { _, _ in
            } test: { _, _ in
            }
        }
        try await Bench.run { _, _ in
        } test: { bench, _ in
            #expect(throws: ServerTLSError.off) { try bench.gateway.reload(certificates.files("first")) }
        }
    }

    @Test("Callers may be told apart by their certificates; a renewed one is the same caller")
    func callers() async throws {
        let certificates = try TestCertificates()
        try certificates.issue("server")
        try certificates.issue("alice", subject: "/O=Shop", alternatives: "URI:spiffe://shop/alice")
        try certificates.issue("renewed", subject: "/O=Shop", alternatives: "URI:spiffe://shop/alice")
        try certificates.issue("bob", subject: "/O=Shop", alternatives: "URI:spiffe://shop/bob")
        try await Bench.run(
            settings: { settings in
                settings.scope.source = .verified
                settings.scope.anonymous = .refuse
            },
            configure: { configuration in
                configuration.tls = certificates.files("server")
                configuration.tls?.clientAuthorities = certificates.path("ca.pem")
                configuration.tls?.clientCertificates = .optional
            }
        ) { _, reply in
            reply.answer(200, [], "ok")
        } test: { bench, _ async throws in
            let replayed = { (name: String?) async throws -> (Int, String?) in
                let client = try await bench.connect(certificates.client(name))
                let answer = try await client.request("POST", "/", [("Idempotency-Key", "a")], body: "1")
                await client.close()
                return (answer.status, answer["Idempotent-Replayed"])
            }
            #expect(try await replayed("alice") == (200, nil))
            #expect(try await replayed("alice") == (200, "true"))
            #expect(try await replayed("renewed") == (200, "true"))
            #expect(try await replayed("bob") == (200, nil))
            #expect(try await replayed(nil).0 == 401)
            #expect(bench.upstream.requests.count == 2)
        }
    }

    @Test("Where certificates are required, clients without one of the authority get no answer")
    func required() async throws {
        let (certificates, strangers) = (try TestCertificates(), try TestCertificates())
        try certificates.issue("server")
        try certificates.issue("client", subject: "/O=Shop")
        try strangers.issue("client", subject: "/O=Shop")
        try FileManager.default.copyItem(atPath: strangers.path("client.pem"), toPath: certificates.path("other.pem"))
        try FileManager.default.copyItem(atPath: strangers.path("client.key"), toPath: certificates.path("other.key"))
        try await Bench.run(
            configure: { configuration in
                configuration.tls = certificates.files("server")
                configuration.tls?.clientAuthorities = certificates.path("ca.pem")
                configuration.tls?.clientCertificates = .required
            }
        ) { _, reply in
            reply.answer(200, [], "ok")
        } test: { bench, _ async throws in
            for refused in [try certificates.client(), try certificates.client("other")] {
                await #expect(throws: (any Error).self) {
                    let client = try await bench.connect(refused)
                    _ = try await client.request("GET", "/")
                }
            }
            let client = try await bench.connect(try certificates.client("client"))
            #expect(try await client.request("GET", "/").body == "ok")
            #expect(bench.upstream.requests.count == 1)
        }
    }

    @Test("Callers cannot be told apart by certificates that nobody is asked for")
    func noAuthorities() async throws {
        await #expect(throws: GatewayConfigurationError.self) {
            try await Bench.run(settings: { $0.scope.source = .verified }) { _, _ in
            } test: { _, _ in
            }
        }
    }

    @Test("The names of a certificate are its subject and its alternative names, and broken bytes have none")
    func names() throws {
        let certificates = try TestCertificates()
        try certificates.issue("one", subject: "/O=Shop", alternatives: "DNS:a.test")
        try certificates.issue("two", subject: "/O=Shop", alternatives: "DNS:b.test")
        try certificates.issue("three", subject: "/O=Firm", alternatives: "DNS:a.test")
        let load = { (name: String) in
            try #require(try NIOSSLCertificate.fromPEMFile(certificates.path("\(name).pem")).first)
        }
        let digests = try ["one", "two", "three"].map { CertificateNames.digest(of: try load($0)) }
        #expect(Set(digests).count == 3 && !digests.contains(nil))
        let bytes = try load("one").toDERBytes()
        for count in 0..<bytes.count / 2 {
            #expect(CertificateNames.digest(ofCertificate: bytes.prefix(count)) == nil)
        }
    }
}

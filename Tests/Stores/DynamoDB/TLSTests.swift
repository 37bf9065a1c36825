import DynamoDBTestParts
import Foundation
import Idempotency
import StoreTestParts
import Testing

@testable import IdempotencyDynamoDB

/// An endpoint with a certificate of a private authority.
@Suite(.enabled(if: MotoServer.isInstalled, Comment(rawValue: MotoServer.missing)))
struct TLSTests {
    /// Opens a store over TLS in front of moto.
    private func open(
        _ server: ScriptedServer, environment: [String: String] = [:],
        _ change: (inout DynamoDBStore.Configuration) -> Void = { _ in }
    ) async throws -> DynamoDBStore {
        var configuration = DynamoDBStore.Configuration.test(port: server.port)
        configuration.endpoint = "https://127.0.0.1:\(server.port)"
        change(&configuration)
        return try await DynamoDBStore.open(
            MotoServer.freshTable(), configuration: configuration, environment: environment, logger: silent)
    }

    @Test("It is trusted where its authority is named: in code, in the environment, in the profile")
    func trusted() async throws {
        let directory = try TestDirectory()
        let certificates = try await TestCertificates(in: directory.path)
        let server = try await ScriptedServer.start(
            to: MotoServer.shared().port, identity: (certificates.certificate("server"), certificates.key("server")))
        let file = certificates.certificate("ca")
        try "[profile shop]\nca_bundle = \(file)".write(
            toFile: directory.file("config"), atomically: true, encoding: .utf8)
        let places = ["AWS_CONFIG_FILE": directory.file("config"), "AWS_PROFILE": "shop"]
        let stores = [
            try await open(server) { $0.certificateAuthorities = file },
            try await open(server, environment: ["AWS_CA_BUNDLE": file]),
            try await open(server, environment: places),
        ]
        for store in stores {
            #expect(try await store.exchange(.claim(.test(1), .test(1))).isStored)
            await store.close()
        }
        #expect(server.count("PutItem") == 3)
        try await server.stop()
    }

    @Test("Any other is refused before anything is sent: an unknown authority, another one, another host")
    func refused() async throws {
        let directory = try TestDirectory()
        let certificates = try await TestCertificates(in: directory.path)
        for (name, authority, reason) in [
            ("server", nil, "?ca=FILE"), ("server", "stranger", "?ca=FILE"),
            ("elsewhere", "ca", "failedToValidateHostname"),
        ] {
            let server = try await ScriptedServer.start(
                to: nil, identity: (certificates.certificate(name), certificates.key(name)))
            let error = await #expect(throws: StoreError.self) {
                let store = try await open(server) {
                    $0.certificateAuthorities = authority.map(certificates.certificate)
                    $0.timeout = .milliseconds(300)
                    $0.tryTimeout = .milliseconds(300)
                }
                await store.close()
            }
            #expect(error?.code == .unavailable)
            #expect(error?.effect == .notApplied)
            #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
            #expect(server.calls.isEmpty)
            try await server.stop()
        }
    }

    @Test("A file of certificates that cannot be read is named, with where it may be said")
    func unreadable() async throws {
        let server = try await ScriptedServer.start(to: nil)
        let error = await #expect(throws: StoreError.self) {
            _ = try await open(server) { $0.certificateAuthorities = "/none/ca.pem" }
        }
        #expect(error?.code == .misuse)
        #expect(error?.message.contains("/none/ca.pem") == true && error?.message.contains("AWS_CA_BUNDLE") == true)
        try await server.stop()
    }
}

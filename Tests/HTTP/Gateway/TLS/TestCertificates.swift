import Foundation
import NIOSSL
import Testing

@testable import IdempotencyGateway

/// Certificates of an authority of their own, made by `openssl` in a temporary folder.
final class TestCertificates: Sendable {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "once-certificates-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try openssl(
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
                + ["-keyout", path("ca.key"), "-out", path("ca.pem"), "-subj", "/CN=Test CA"])
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Makes `NAME.pem` and `NAME.key`.
    func issue(_ name: String, subject: String = "/CN=localhost", alternatives: String = "DNS:localhost") throws {
        try Data("subjectAltName=\(alternatives)\n".utf8).write(to: folder.appending(path: "extensions"))
        try openssl(
            ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject]
                + ["-keyout", path("\(name).key"), "-out", path("request")])
        try openssl(
            ["x509", "-req", "-in", path("request"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-days", "2"]
                + ["-CAcreateserial", "-extfile", path("extensions"), "-out", path("\(name).pem")])
    }

    /// What the gateway is to use.
    func files(_ certificate: String, key: String? = nil) -> ServerTLS {
        ServerTLS(certificateChain: path("\(certificate).pem"), privateKey: path("\(key ?? certificate).key"))
    }

    /// A client that trusts the authority; with a certificate of its own if there is one.
    func client(_ certificate: String? = nil) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(path("ca.pem"))
        if let certificate {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(path("\(certificate).pem")).map {
                .certificate($0)
            }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: path("\(certificate).key"), format: .pem))
        }
        return try NIOSSLContext(configuration: configuration)
    }

    func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(arguments.joined(separator: " "))")
    }
}

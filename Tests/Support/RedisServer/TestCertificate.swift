import Foundation

/// A certificate of a test's own, signed by itself.
package struct TestCertificate {
    package let certificate: String
    package let key: String

    /// Makes one in a directory.
    ///
    /// - Parameter names: Whose it is, as in `IP:127.0.0.1,DNS:redis.test`.
    package init(for names: String, in directory: String) async throws {
        certificate = directory + "/certificate.pem"
        key = directory + "/key.pem"
        try await RedisServer.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=redis.test", "-addext",
                "subjectAltName=\(names)", "-keyout", key, "-out", certificate,
            ])
    }
}

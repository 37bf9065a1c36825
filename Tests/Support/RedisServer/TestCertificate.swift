import Foundation

/// A certificate of a test's own, for 127.0.0.1 and redis.test, signed by itself.
package struct TestCertificate {
    package let certificate: String
    package let key: String

    /// Makes one in a directory.
    package init(in directory: String) async throws {
        certificate = directory + "/certificate.pem"
        key = directory + "/key.pem"
        try await RedisServer.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=redis.test", "-addext",
                "subjectAltName=IP:127.0.0.1,DNS:redis.test", "-keyout", key, "-out", certificate,
            ])
    }
}

import Testing

@testable import IdempotencyGateway

@Suite("The URL of an upstream")
struct OriginTests {
    @Test(
        "Scheme, host and port are read, and written back in the shortest form",
        arguments: [
            ("http://a", "a", 80, false, "http://a"), ("https://a", "a", 443, true, "https://a"),
            ("HTTPS://a:8443/", "a", 8443, true, "https://a:8443"), ("http://a:443", "a", 443, false, "http://a:443"),
            ("https://a:80", "a", 80, true, "https://a:80"), ("https://[::1]:443", "::1", 443, true, "https://[::1]"),
        ])
    func valid(url: String, host: String, port: Int, isSecure: Bool, text: String) throws {
        let origin = try Origin(url: url)
        #expect(origin == Origin(host: host, port: port, isSecure: isSecure))
        #expect(origin.description == text)
    }

    @Test(
        "Anything else is refused",
        arguments: [
            "", "a", "ftp://a", "http:a", "https:/a", "http://", "https://:443", "http://a:0", "http://a:65536",
            "http://a/b", "https://u@a", "http://a?b", "http://a#b",
        ])
    func invalid(url: String) {
        #expect(throws: InvalidOrigin.self) { try Origin(url: url) }
    }

    @Test("A question may be asked over TLS")
    func inquiry() throws {
        let url = try ReconciliationURL(url: "https://a:8443/what?x=1")
        #expect(url.origin == Origin(host: "a", port: 8443, isSecure: true))
        #expect(url.target == "/what?x=1")
        #expect(try ReconciliationURL(url: "https://a").target == "/")
        #expect(throws: InvalidOrigin.self) { try ReconciliationURL(url: "ftp://a") }
    }
}

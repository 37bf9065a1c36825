import NIOCore
import Testing

@testable import IdempotencyGateway

@Suite("Ranges of addresses")
struct AddressRangeTests {
    @Test(
        "Only the bits that count are compared",
        arguments: [
            ("10.0.0.7", "10.0.0.7", true), ("10.0.0.7", "10.0.0.8", false), ("10.0.0.0/8", "10.255.1.2", true),
            ("10.0.0.0/8", "11.0.0.0", false), ("192.168.5.130/25", "192.168.5.200", true),
            ("192.168.5.130/25", "192.168.5.1", false), ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false), ("2001:db8::/33", "2001:db8:7fff::1", true),
            ("2001:db8::/33", "2001:db8:8000::1", false), ("::1", "::1", true), ("::/0", "10.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("::ffff:10.0.0.0/104", "10.1.2.3", true),
            ("::ffff:10.0.0.0/104", "11.1.2.3", false),
        ])
    func contains(range: String, address: String, isIn: Bool) throws {
        let range = try #require(AddressRange(range))
        #expect(range.contains(try SocketAddress(ipAddress: address, port: 80)) == isIn)
    }

    @Test(
        "Anything else is none",
        arguments: [
            "", "10", "10.0.0", "example.com", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "::1/129",
            "::ffff:10.0.0.0/95", "10.0.0.0/+8", " 10.0.0.1", "[::1]",
        ])
    func invalid(text: String) {
        #expect(AddressRange(text) == nil)
    }
}

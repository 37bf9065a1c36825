import NIOCore

/// Internet addresses that begin with the same bits: `10.0.0.0/8`, `2001:db8::/32`, or a single address.
public struct AddressRange: Hashable, Sendable, CustomStringConvertible {
    private let bytes: [UInt8]
    private let length: Int
    /// As it was written.
    public let description: String

    /// Reads an address, or an address and the number of bits that count after a slash (RFC 4632, RFC 4291); `nil` for
    /// anything else. The bits that do not count may have any value.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2,
            let bytes = (try? SocketAddress(ipAddress: String(first), port: 0))?.addressBytes
        else { return nil }
        let isMapped = bytes.count == 4 && first.contains(":")
        guard let length = parts.count == 2 ? Self.length(parts[1]) : bytes.count * 8 + (isMapped ? 96 : 0) else {
            return nil
        }
        // ::ffff:10.0.0.0/104 counts the 96 bits in front of the old address as well.
        self.length = isMapped ? length - 96 : length
        guard (0...bytes.count * 8).contains(self.length) else { return nil }
        self.bytes = bytes
        description = text
    }

    /// Whether `address` is one of these. An IPv4 address that came in by IPv6 (`::ffff:10.0.0.7`) counts as what it
    /// is.
    func contains(_ address: SocketAddress) -> Bool {
        guard let other = address.addressBytes, other.count == bytes.count else { return false }
        let whole = length / 8
        guard bytes.prefix(whole).elementsEqual(other.prefix(whole)) else { return false }
        let rest = length % 8
        return rest == 0 || (bytes[whole] ^ other[whole]) >> (8 - rest) == 0
    }

    private static func length(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } && text.utf8.count <= 3 ? Int(text) : nil
    }
}

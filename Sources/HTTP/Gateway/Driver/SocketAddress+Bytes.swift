import NIOCore

extension SocketAddress {
    /// The 4 or 16 bytes of an internet address; 4 for an IPv4 address within an IPv6 one (RFC 4291 section 2.5.5.2).
    var addressBytes: [UInt8]? {
        switch self {
        case .v4: return bytes(4..<8)
        case .v6:
            let bytes = bytes(8..<24)
            let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            return isMapped ? Array(bytes.suffix(4)) : bytes
        case .unixDomainSocket: return nil
        }
    }

    /// Bytes of the structure that the system's calls take, in which the address has the same place everywhere.
    private func bytes(_ range: Range<Int>) -> [UInt8] {
        withSockAddr { pointer, size in Array(UnsafeRawBufferPointer(start: pointer, count: size)[range]) }
    }
}

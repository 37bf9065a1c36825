import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Finds the addresses of a host with the system's resolver, on a thread that may block.
enum HostResolver {
    /// Why a name has no address.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The address that `host` is, when it is one and no name.
    static func literal(_ host: String, port: Int) -> SocketAddress? {
        try? SocketAddress(ipAddress: host, port: port)
    }

    /// All addresses of a host in the resolver's order, each once.
    ///
    /// Takes as long as the system's resolver does; cancellation does not shorten it.
    ///
    /// - Throws: `Failure` when the name has no address or the resolver cannot tell.
    static func addresses(of host: String, port: Int) async throws -> [SocketAddress] {
        if let literal = literal(host, port: port) { return [literal] }
        return try await NIOThreadPool.singleton.runIfActive { try blockingAddresses(of: host, port: port) }
    }

    private static func blockingAddresses(of host: String, port: Int) throws -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        hints.ai_protocol = Int32(IPPROTO_TCP)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else { throw Failure(description: String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = list
        while let info = next?.pointee {
            if let address = address(info), !addresses.contains(address) { addresses.append(address) }
            next = info.ai_next
        }
        guard !addresses.isEmpty else { throw Failure(description: "the name has no address") }
        return addresses
    }

    /// Without the name in it, so that two look-ups of one address are equal.
    private static func address(_ info: addrinfo) -> SocketAddress? {
        guard let pointer = UnsafeRawPointer(info.ai_addr) else { return nil }
        switch info.ai_family {
        case AF_INET: return SocketAddress(pointer.loadUnaligned(as: sockaddr_in.self))
        case AF_INET6: return SocketAddress(pointer.loadUnaligned(as: sockaddr_in6.self))
        default: return nil
        }
    }
}

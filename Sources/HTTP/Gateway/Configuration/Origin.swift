/// Where an HTTP server is: the scheme, host and port of an `http://` or `https://` URL.
public struct Origin: Hashable, Sendable, CustomStringConvertible {
    /// Whether it is spoken to over TLS, as `https` says.
    public var isSecure: Bool
    /// A name or an address, without brackets.
    public var host: String
    /// The TCP port, 1…65535.
    public var port: Int

    /// A server on this host and port.
    public init(host: String, port: Int, isSecure: Bool = false) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
    }

    /// Reads `http://host[:port][/]` or the same with `https`.
    ///
    /// - Throws: `InvalidOrigin` that says what was wrong and what is allowed.
    public init(url: String) throws(InvalidOrigin) {
        let lowercased = url.lowercased()
        guard let scheme = ["http://", "https://"].first(where: { lowercased.hasPrefix($0) }) else {
            throw InvalidOrigin(url: url, reason: "it must begin with http:// or https://")
        }
        let isSecure = scheme == "https://"
        var rest = url.dropFirst(scheme.count)
        if rest.hasSuffix("/") { rest.removeLast() }
        guard !rest.contains(where: { "/?#@".contains($0) }) else {
            throw InvalidOrigin(
                url: url, reason: "only a host and a port may follow \(scheme), no path, query or user")
        }
        var host = rest
        var port = Self.usualPort(isSecure: isSecure)
        let afterBracket = rest.lastIndex(of: "]") ?? rest.startIndex
        if let colon = rest[afterBracket...].lastIndex(of: ":") {
            guard let number = Int(rest[rest.index(after: colon)...]), (1...65535).contains(number) else {
                throw InvalidOrigin(url: url, reason: "the port must be a number from 1 to 65535")
            }
            host = rest[..<colon]
            port = number
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { throw InvalidOrigin(url: url, reason: "the host is missing") }
        self.init(host: String(host), port: port, isSecure: isSecure)
    }

    /// Host and port as in a `Host` header.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == Self.usualPort(isSecure: isSecure) ? name : "\(name):\(port)"
    }

    /// The URL.
    public var description: String { "\(isSecure ? "https" : "http")://\(authority)" }

    private static func usualPort(isSecure: Bool) -> Int { isSecure ? 443 : 80 }
}

/// Why a text names no origin.
public struct InvalidOrigin: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text.
    public let url: String
    /// What was wrong with it.
    public let reason: String

    /// What was wrong and what is allowed.
    public var description: String {
        "\(url) is no URL of an HTTP server: \(reason). Allowed: http://HOST[:PORT], https://HOST[:PORT]"
    }
}

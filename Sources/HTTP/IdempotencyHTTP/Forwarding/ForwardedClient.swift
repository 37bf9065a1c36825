/// What the server behind a proxy is told about whoever sent a request: `X-Forwarded-For`, `-Proto` and `-Host`, and
/// `Forwarded` (RFC 7239).
public struct ForwardedClient: Hashable, Sendable {
    /// The headers that say something about the sender. From anyone but a trusted proxy they are dropped: whoever
    /// believes them would believe the client.
    public static let names = [
        "Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port",
        "X-Forwarded-Server", "X-Forwarded-Prefix", "X-Forwarded-Scheme", "X-Forwarded-Ssl", "X-Real-IP",
    ]

    /// The host that the request was made to, as its `Host` says.
    public let host: String?
    private let address: String?
    private let scheme: String
    /// An element of `Forwarded`.
    private let element: String

    /// - Parameters:
    ///   - address: The numeric address that the request came from; `nil` when there is none.
    ///   - isSecure: Whether it came over TLS.
    ///   - host: The host that it was made to.
    public init(address: String?, isSecure: Bool, host: String?) {
        self.address = address
        self.host = host
        scheme = isSecure ? "https" : "http"
        var element = "for=unknown"
        if let address { element = address.utf8.contains(0x3A) ? "for=\"[\(address)]\"" : "for=\(address)" }
        element += ";proto=" + scheme
        // A colon needs quotes, and what would end them is no part of a host.
        if let host, !host.utf8.contains(where: { $0 == 0x22 || $0 == 0x5C }) { element += ";host=\"\(host)\"" }
        self.element = element
    }

    /// Says it in the headers of a request that goes on.
    ///
    /// A trusted sender's own words stay and are added to. If it speaks only one of the two ways, the other is not
    /// begun: it would tell of the sender alone and hide the client in front of it.
    ///
    /// - Parameters:
    ///   - headers: Without words of strangers about the sender; see `HopByHop.request(_:significant:from:)`.
    ///   - isTrusted: Whether the sender is a trusted proxy.
    public func add(to headers: inout Headers, from isTrusted: Bool) {
        guard isTrusted else { return addAll(to: &headers) }
        let chain = headers.values(of: "X-Forwarded-For")
        let elements = headers.values(of: "Forwarded")
        if chain.isEmpty, elements.isEmpty { return addMissing(to: &headers) }
        if !chain.isEmpty {
            if let address { headers.set("X-Forwarded-For", (chain + [address]).joined(separator: ", ")) }
            addOrigin(to: &headers)
        }
        if !elements.isEmpty { headers.set("Forwarded", (elements + [element]).joined(separator: ", ")) }
    }

    /// Of a stranger's request nothing of the kind is left, so there is nothing to look for.
    private func addAll(to headers: inout Headers) {
        if let address { headers.append("X-Forwarded-For", address) }
        headers.append("X-Forwarded-Proto", scheme)
        if let host { headers.append("X-Forwarded-Host", host) }
        headers.append("Forwarded", element)
    }

    private func addMissing(to headers: inout Headers) {
        if let address { headers.append("X-Forwarded-For", address) }
        addOrigin(to: &headers)
        headers.append("Forwarded", element)
    }

    private func addOrigin(to headers: inout Headers) {
        if !headers.contains("X-Forwarded-Proto") { headers.append("X-Forwarded-Proto", scheme) }
        if let host, !headers.contains("X-Forwarded-Host") { headers.append("X-Forwarded-Host", host) }
    }
}

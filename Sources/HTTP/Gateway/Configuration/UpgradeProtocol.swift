import IdempotencyHTTP

/// A protocol that a connection may be switched to (RFC 9110 section 7.8), by the name that `Upgrade` has for it.
///
/// HTTP itself in another version, and TLS, are none: what came over them would be requests that no rule was applied
/// to.
public struct UpgradeProtocol: Hashable, Sendable, CustomStringConvertible {
    /// The name, and perhaps a version after a slash.
    public let description: String

    /// WebSocket (RFC 6455).
    public static let webSocket = UpgradeProtocol(name: "websocket")

    /// Reads a name, or a name and a version: `websocket`, `example/1`; `nil` for what is none or may not be switched
    /// to.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(parts.count), parts.allSatisfy(FieldName.isToken) else { return nil }
        guard !Self.carriesRequests.contains(where: { FieldName.areEqual($0, parts[0]) }) else { return nil }
        self.init(name: text)
    }

    private init(name: String) {
        description = name
    }

    /// Whether it is the one that a header names; upper and lower case do not matter.
    func isNamed(_ text: some StringProtocol) -> Bool {
        FieldName.areEqual(description, text)
    }

    private static let carriesRequests = ["h2c", "h2", "h3", "http", "https", "tls", "connect-tcp", "connect-udp"]
}

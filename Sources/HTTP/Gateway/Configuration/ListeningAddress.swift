/// Where a gateway listens.
public struct ListeningAddress: Hashable, Sendable, CustomStringConvertible {
    /// The numeric address.
    public let host: String
    /// The TCP port, never 0.
    public let port: Int

    /// An address.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Address and port as in a URL.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

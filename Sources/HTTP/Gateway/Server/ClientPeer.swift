import Idempotency
import IdempotencyHTTP
import NIOCore
import NIOSSL

/// The other end of a connection from a client: the client itself, or a proxy that speaks for one.
final class ClientPeer {
    private let address: SocketAddress?
    private let isSecure: Bool
    /// Whether its requests come by HTTP/2.
    let speaksHTTP2: Bool
    /// Whether it is a trusted proxy, and in which epoch that was found out.
    private var judgement: (epoch: Int, isTrusted: Bool)?
    /// What was told last: a client rarely changes the host.
    private var told: ForwardedClient?
    /// Whose requests came last.
    private var scopes = ScopeMemory()

    /// A peer without an internet address.
    static var unknown: ClientPeer { ClientPeer(address: nil, isSecure: false) }

    init(address: SocketAddress?, isSecure: Bool, speaksHTTP2: Bool = false) {
        self.address = address
        self.isSecure = isSecure
        self.speaksHTTP2 = speaksHTTP2
    }

    /// The peer of a channel, which has its handler for TLS if it is to have one.
    convenience init(_ channel: any Channel, speaksHTTP2: Bool = false) {
        let tls = try? channel.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
        self.init(address: channel.remoteAddress, isSecure: tls != nil, speaksHTTP2: speaksHTTP2)
    }

    /// Whether it is believed what it says about the client.
    func isTrusted(in epoch: Epoch) -> Bool {
        let proxies = epoch.configuration.trustedProxies
        guard !proxies.isEmpty, let address else { return false }
        if let judgement, judgement.epoch == epoch.number { return judgement.isTrusted }
        let isTrusted = proxies.contains { $0.contains(address) }
        judgement = (epoch.number, isTrusted)
        return isTrusted
    }

    /// Whose key a request of it carries.
    func scope(of headers: Headers, verified caller: String?, by rule: ScopeRule) throws(Refusal) -> Scope {
        try rule.scope(of: headers, verified: caller, remembering: &scopes)
    }

    /// What upstreams are told about it, for a request to this host.
    func client(host: String?) -> ForwardedClient {
        if let told, told.host == host { return told }
        let client = ForwardedClient(address: address?.bareAddress, isSecure: isSecure, host: host)
        told = client
        return client
    }
}

extension SocketAddress {
    /// The numeric address; an IPv4 address that came in by IPv6 as what it is.
    fileprivate var bareAddress: String? {
        guard case .v6 = self, let bytes = addressBytes, bytes.count == 4 else { return ipAddress }
        return bytes.map(String.init).joined(separator: ".")
    }
}

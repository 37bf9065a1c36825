import Idempotency
import Logging
import NIOCore

/// What all event loops of a gateway have in common as long as it runs.
struct GatewayShared: Sendable {
    let store: any SubmittingStore
    let observer: any GatewayObserver
    let census: Census
    let room: WaitingRoom
    /// Who the gateway is towards its clients; `nil` without TLS.
    let identity: TLSIdentity?
    let directories: UpstreamDirectories
    /// What the keys of a scope may take of the store.
    let quota: Quota
    let logger: Logger
    /// How many event loops share the limits.
    let loops: Int

    init(
        _ limits: GatewayLimits, store: any SubmittingStore, observer: any GatewayObserver,
        directories: UpstreamDirectories, identity: TLSIdentity?, quota: Quota, lookout: Lookout?, logger: Logger,
        loops: Int
    ) {
        self.store = store
        self.observer = observer
        self.directories = directories
        self.identity = identity
        self.quota = quota
        self.logger = logger
        self.loops = loops
        census = Census(
            connectionLimit: limits.connections, addressLimit: limits.connectionsPerAddress,
            tunnelLimit: limits.tunnels)
        room = WaitingRoom(limits: limits, lookout: lookout)
    }

    /// Takes over the limits that hold for all event loops together.
    func adopt(_ limits: GatewayLimits) {
        census.adopt(
            connectionLimit: limits.connections, addressLimit: limits.connectionsPerAddress,
            tunnelLimit: limits.tunnels)
        room.adopt(limits)
    }
}

extension GatewayShared {
    /// Under which name a client's connections are counted, or `nil` if no limit concerns them: an IPv6 caller has at
    /// least a /64 of addresses, which count as one. Trusted proxies speak for many and are left out.
    func countedAddress(of address: SocketAddress?, besides proxies: [AddressRange]) -> String? {
        guard let address, let bytes = address.addressBytes else { return nil }
        if !proxies.isEmpty, proxies.contains(where: { $0.contains(address) }) { return nil }
        let isLong = bytes.count > 4
        return bytes.prefix(isLong ? 8 : 4).reduce(into: isLong ? "6" : "4") { $0 += "." + String($1, radix: 16) }
    }
}

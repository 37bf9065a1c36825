import Idempotency
import IdempotencyHTTP
import Logging
import NIOCore

/// What all event loops of a gateway have in common.
struct GatewayShared: Sendable {
    let configuration: GatewayConfiguration
    let store: any SubmittingStore
    let observer: any GatewayObserver
    let census: Census
    let room: WaitingRoom
    /// Who the gateway is towards its clients; `nil` without TLS.
    let identity: TLSIdentity?
    let logger: Logger
    /// How many event loops share the limits.
    let loops: Int
    /// The header names that decide about a request besides the protected ones.
    let significantNames: [String]
    /// The answer to the question for the idempotency policy.
    let published: PlainResponse

    init(
        _ configuration: GatewayConfiguration, store: any SubmittingStore, observer: any GatewayObserver,
        census: Census, identity: TLSIdentity?, logger: Logger, loops: Int
    ) {
        self.configuration = configuration
        self.store = store
        self.observer = observer
        self.census = census
        self.identity = identity
        self.logger = logger
        self.loops = loops
        room = WaitingRoom(limits: configuration.limits)
        significantNames = Admission.significantNames(of: configuration.policy)
        published = PublishedPolicy(of: configuration.policy, format: configuration.format).response()
    }
}

extension GatewayShared {
    /// Under which name a client's connections are counted, or `nil` if no limit concerns them: an IPv6 caller has at
    /// least a /64 of addresses, which count as one. Trusted proxies, which speak for many, are to be left out here.
    func countedAddress(of address: SocketAddress?) -> String? {
        guard let address, address.protocol != .unix else { return nil }
        let isLong = address.protocol == .inet6
        return address.withSockAddr { pointer, size in
            // Where the address begins, and how much of it counts: struct sockaddr_in and sockaddr_in6.
            let counted = isLong ? 8..<16 : 4..<8
            return UnsafeRawBufferPointer(start: pointer, count: size)[counted]
                .reduce(into: isLong ? "6" : "4") { $0 += "." + String($1, radix: 16) }
        }
    }
}

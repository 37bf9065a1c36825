import Idempotency
import IdempotencyHTTP
import Logging

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

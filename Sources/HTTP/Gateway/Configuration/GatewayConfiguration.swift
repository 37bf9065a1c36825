public import Idempotency
public import IdempotencyHTTP

/// How a gateway listens, forwards and guards.
public struct GatewayConfiguration: Sendable {
    /// The address that it listens on: this machine only, until the operator decides otherwise.
    public var host = "127.0.0.1"
    /// The TCP port that it listens on; 0 lets the system choose a free one.
    public var port = 8080
    /// Certificate and key for TLS; plain HTTP without.
    public var tls: ServerTLS?
    /// Whether HTTP/2 is spoken besides HTTP/1: by ALPN with TLS, otherwise to clients that begin with its preface.
    public var speaksHTTP2 = true
    /// The HTTP servers that do the work, all of them the same; each may have several addresses.
    public var upstreams: [Origin]
    /// How those with an `https` URL are spoken to, and the URL at which interrupted attempts are asked about.
    public var upstreamTLS = UpstreamTLS()
    /// How it is found out whether they are well; by default only by whether they can be connected to.
    public var health: UpstreamHealthCheck?
    /// The proxies in front of the gateway whose word about the client is taken and passed on; of all others it is
    /// dropped.
    public var trustedProxies: [AddressRange] = []
    /// Which requests are guarded, and how: keys, scopes, fingerprints, limits on bodies, leases, retention, waiting.
    public var policy: GuardPolicy
    /// How refusals are written.
    public var format = RefusalFormat()
    /// Which pages of other origins may read refusals and replays; none by default.
    public var crossOrigin: CrossOriginRule?
    /// What becomes of interrupted attempts, where a route does not say otherwise: held, the only safe guess.
    public var interrupted = InterruptedPolicy.hold
    /// How long a claim is tried again while the store does not answer: 2 s, a failover of a fast store; then the
    /// client gets 503 and nothing has run.
    public var storePatience = Duration.seconds(2)
    /// Event loops, each with a thread: one per core, as nothing on them blocks. 0 means that.
    public var eventLoops = 0
    /// The protocols that a request which is not guarded may switch its connection to: WebSocket by default, none to
    /// have all requests answered in HTTP.
    public var upgrades = [UpgradeProtocol.webSocket]
    /// What the keys of a caller, and of all, may take of the store; not limited by default, since a service with one
    /// caller has all its keys in one scope.
    public var quota = QuotaLimits()
    /// How much of everything it takes.
    public var limits = GatewayLimits()
    /// How long it waits for what.
    public var timeouts = GatewayTimeouts()

    /// A gateway in front of `upstream` that guards by `policy`, all else by default.
    public init(upstream: Origin, policy: GuardPolicy) {
        self.init(upstreams: [upstream], policy: policy)
    }

    /// A gateway in front of servers that all do the same work, guarding by `policy`, all else by default.
    public init(upstreams: [Origin], policy: GuardPolicy) {
        self.upstreams = upstreams
        self.policy = policy
    }

    /// Whether anything is spoken to over TLS behind the gateway.
    var needsUpstreamTLS: Bool { (upstreams + inquired).contains(where: \.isSecure) }

    /// The longest time that an outcome is kept on any route.
    var longestRetention: Duration { policy.routes.map(\.settings.retention).max() ?? .seconds(86_400) }

    /// The server that is asked what became of interrupted attempts, if there is one.
    var inquired: [Origin] {
        if case .ask(let url) = interrupted { [url.origin] } else { [] }
    }

    /// Checks what types cannot.
    ///
    /// - Throws: `GatewayConfigurationError` that names what is wrong.
    func validate() throws(GatewayConfigurationError) {
        for route in policy.routes where route.settings.interrupted == .reconcile {
            guard case .ask = interrupted else { throw .nobodyToAsk(route: route.path.description) }
        }
        for route in policy.routes where route.settings.scope.source == .verified && tls?.clientAuthorities == nil {
            throw .noClientCertificates(route: route.path.description)
        }
        guard (0...65535).contains(port) else { throw .badPort(port) }
        guard !upstreams.isEmpty else { throw .noUpstream }
        if let health, health.rise < 1 || health.fall < 1 || health.interval <= .zero || !health.path.hasPrefix("/") {
            throw .badHealthCheck
        }
    }
}

/// Why a gateway cannot start as it is configured.
public enum GatewayConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A route wants interrupted attempts to be asked about, and no URL to ask at is configured.
    case nobodyToAsk(route: String)
    /// A number is no TCP port.
    case badPort(Int)
    /// A route tells callers apart by their certificate, and clients are not asked for one.
    case noClientCertificates(route: String)
    /// Certificate or key cannot be used.
    case tls(ServerTLSError)
    /// There is no upstream.
    case noUpstream
    /// The path of the health checks is none, or a number of theirs is not positive.
    case badHealthCheck
    /// A certificate without its key is configured, or a key without its certificate.
    case halfIdentity
    /// These cannot change while the gateway runs.
    case fixed([String])
    /// Why no other configuration can be taken over now.
    case cannotReload(String)
    /// A file of certificates or keys cannot be used.
    case unusableTLSFile(path: String, reason: String)

    /// What is wrong and what is allowed.
    public var description: String {
        switch self {
        case .nobodyToAsk(let route):
            "The route \(route) reconciles interrupted attempts, and no URL is set to ask at (interrupted: ask:URL)."
        case .noClientCertificates(let route):
            "The route \(route) tells callers apart by their certificate, and no client is asked for one."
        case .tls(let error): error.description
        case .badPort(let port): "\(port) is no port to listen on; 0 to 65535 are allowed."
        case .noUpstream: "There is no upstream to forward requests to; one or more are needed."
        case .badHealthCheck:
            "Health checks need a path that begins with / and an interval, a rise and a fall that are positive."
        case .halfIdentity: "A certificate to show to upstreams needs its key as well, and a key its certificate."
        case .fixed(let names): "These need a restart to change: \(names.joined(separator: "; "))."
        case .cannotReload(let reason): "The configuration cannot be reloaded: \(reason)."
        case .unusableTLSFile(let path, let reason): "\(path) cannot be used: \(reason)."
        }
    }
}

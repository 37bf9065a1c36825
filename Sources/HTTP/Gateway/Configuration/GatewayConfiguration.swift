import Idempotency
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
    /// The HTTP server that does the work.
    public var upstream: Origin
    /// Which requests are guarded, and how: keys, scopes, fingerprints, limits on bodies, leases, retention, waiting.
    public var policy: GuardPolicy
    /// How refusals are written.
    public var format = RefusalFormat()
    /// What becomes of interrupted attempts, where a route does not say otherwise: held, the only safe guess.
    public var interrupted = InterruptedPolicy.hold
    /// How long a claim is tried again while the store does not answer: 2 s, a failover of a fast store; then the
    /// client gets 503 and nothing has run.
    public var storePatience = Duration.seconds(2)
    /// Event loops, each with a thread: one per core, as nothing on them blocks. 0 means that.
    public var eventLoops = 0
    /// How much of everything it takes.
    public var limits = GatewayLimits()
    /// How long it waits for what.
    public var timeouts = GatewayTimeouts()

    /// A gateway in front of `upstream` that guards by `policy`, all else by default.
    public init(upstream: Origin, policy: GuardPolicy) {
        self.upstream = upstream
        self.policy = policy
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

    /// What is wrong and what is allowed.
    public var description: String {
        switch self {
        case .nobodyToAsk(let route):
            "The route \(route) reconciles interrupted attempts, and no URL is set to ask at (interrupted: ask:URL)."
        case .noClientCertificates(let route):
            "The route \(route) tells callers apart by their certificate, and no client is asked for one."
        case .tls(let error): error.description
        case .badPort(let port): "\(port) is no port to listen on; 0 to 65535 are allowed."
        }
    }
}

import Idempotency
public import IdempotencyAdmin
public import IdempotencyGateway
import IdempotencyHTTP
public import Logging

/// All settings of `once gateway`, checked.
public struct GatewaySettings: Sendable {
    /// How the gateway listens, forwards and guards.
    public let configuration: GatewayConfiguration
    /// Where the gateway listens.
    public var listen: ListenAddress { ListenAddress(host: configuration.host, port: configuration.port) }
    /// Where the admin listener listens.
    public let admin: ListenAddress
    /// What opens its keys API; `nil` when none was given and one is to be made.
    public let adminToken: AdminToken?
    /// Where the records live.
    public let store: StoreURL
    /// The file of the audit log.
    public let auditPath: String
    /// How much of the outcomes used last is kept in memory, in bytes; zero for nothing.
    public let cacheBytes: Int
    /// How long the sweeper rests between two sweeps.
    public let sweepInterval: Duration
    /// The least important messages that are logged.
    public let logLevel: Logger.Level

    /// The names of the options that a route of the file may have.
    public static var routeOptions: [String] { RouteOption.allCases.map(\.rawValue) }

    /// Reads the settings.
    ///
    /// - Parameters:
    ///   - flags: What was given on the command line, by option.
    ///   - environment: The environment of the process.
    ///   - configurationPath: The configuration file given on the command line.
    /// - Throws: `UsageError` that names the place and what is allowed.
    public init(
        flags: [String: [String]], environment: [String: String], configurationPath: String?
    ) throws(UsageError) {
        let sources = try SettingSources(
            command: "gateway", options: GatewayOption.allCases.map(\.rawValue), flags: flags, environment: environment,
            configurationPath: configurationPath, tables: ["routes"])
        configuration = try Self.configuration(sources)
        admin = try sources[.admin, .address] ?? ListenAddress(host: "127.0.0.1", port: 9090)
        let fewest = AdminToken.minimumLength
        adminToken = try sources[.adminToken, .secret(fewest)].flatMap { AdminToken($0) }
        if adminToken == nil, !admin.isLoopback {
            throw UsageError(
                "\(admin) can be reached from other machines, so a token is needed: set admin-token to \(fewest) or "
                    + "more random characters, or listen on 127.0.0.1.",
                at: try sources.place(GatewayOption.admin.rawValue))
        }
        if let given = try sources[.store, .store] {
            store = given
        } else {
            store = try Setting.store.value(of: StoreURL.standard, at: .standard)
        }
        auditPath = try sources[.audit, .text("the path of a file")] ?? store.auditPath
        cacheBytes = try sources[.cache, .cacheSize] ?? 32 << 20
        sweepInterval = try sources[.sweepInterval, .interval] ?? .seconds(60)
        logLevel = try sources[.logLevel, .logLevel] ?? .info
    }

    private static func configuration(_ sources: SettingSources) throws(UsageError) -> GatewayConfiguration {
        guard let upstream = try sources[.upstream, .upstream] else {
            throw UsageError(
                "The upstream is missing: where requests are forwarded to. Allowed: \(Setting.upstream.allowed).",
                at: .flag(GatewayOption.upstream.rawValue))
        }
        let interrupted = try sources[.interrupted, .interrupted] ?? .hold
        let defaults = try defaults(sources)
        let rules = try rules(sources, defaults: defaults, interrupted: interrupted)
        let policy: GuardPolicy
        do {
            policy = try GuardPolicy(defaults: defaults, rules: rules)
        } catch {
            throw UsageError("\(error)")
        }
        var configuration = GatewayConfiguration(upstream: upstream, policy: policy)
        if let listen = try sources[.listen, .address] {
            configuration.host = listen.host
            configuration.port = listen.port
        }
        configuration.tls = try tls(sources)
        if let http2 = try sources[.http2, .onOff] { configuration.speaksHTTP2 = http2 }
        try checkCallers(of: configuration, sources)
        configuration.interrupted = interrupted
        if let profile = try sources[.profile, .word as Setting<Profile>] { configuration.format.profile = profile }
        if let timeout = try sources[.upstreamTimeout, .timeout] { configuration.timeouts.upstreamAnswer = timeout }
        if let drain = try sources[.drain, .drain] { configuration.timeouts.drain = drain }
        try sources.read(&configuration.limits)
        return configuration
    }

    /// What holds for requests that no route is about.
    private static func defaults(_ sources: SettingSources) throws(UsageError) -> RouteSettings {
        var settings = RouteSettings()
        if try sources[.requireKey, .bool] == true { settings.requirement = .required }
        if let name = try sources[.keyHeader, .headerName] { settings.key = .header(name) }
        if let source = try sources.scopeSource(GatewayOption.scope.rawValue) { settings.scope.source = source }
        if let anonymous = try sources[.anonymous, .anonymous] { settings.scope.anonymous = anonymous }
        if let secret = try sources[.secret, .secret(16)] { settings.use(secret: secret) }
        if let retention = try sources[.retention, .retention] { settings.retention = retention }
        if let lease = try sources[.lease, .lease] { settings.lease = lease }
        if let wait = try sources[.wait, .wait] { settings.wait = wait }
        if let size = try sources[.maxBody, .bodySize] { settings.maximumBody = size }
        if let size = try sources[.maxResponse, .responseSize] { settings.maximumResponse = size }
        return settings
    }

    private static func rules(
        _ sources: SettingSources, defaults: RouteSettings, interrupted: InterruptedPolicy
    ) throws(UsageError) -> [RouteRule] {
        var rules: [RouteRule] = []
        for route in try sources.file?.root.sections(of: "routes") ?? [] {
            try route.check(allowed: routeOptions)
            guard let path = try route.value(RouteOption.path.rawValue, .pathPattern) else {
                throw UsageError(
                    "The path is missing.", at: .file(path: route.path, line: route.line, option: route.name))
            }
            var settings = defaults
            try settings.apply(route)
            if settings.interrupted == .reconcile, interrupted.rule != .reconcile {
                throw UsageError(
                    "There is no URL to ask at: set the option interrupted to ask:URL at the top as well.",
                    at: try route.place(RouteOption.interrupted.rawValue))
            }
            do {
                try settings.validate()
            } catch {
                throw UsageError("\(error)", at: .file(path: route.path, line: route.line, option: route.name))
            }
            let methods = try route.values(RouteOption.methods.rawValue, .method) ?? []
            rules.append(RouteRule(methods: methods, path: path, settings: settings))
        }
        return rules
    }
}

extension SettingSources {
    /// The value of an option of the gateway, or `nil` when it is not set.
    fileprivate subscript<Value>(option: GatewayOption, setting: Setting<Value>) -> Value? {
        get throws(UsageError) { try value(option.rawValue, setting) }
    }
}

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
    /// What records are encrypted with; `nil` for not at all.
    public let encryption: LoadedKeys?
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
        store = try sources.store()
        encryption = try sources[.encryptionKeys, .encryptionKeys]
        auditPath = try sources[.audit, .file] ?? store.auditPath
        cacheBytes = try sources[.cache, .cacheSize] ?? 32 << 20
        sweepInterval = try sources[.sweepInterval, .interval] ?? .seconds(60)
        logLevel = try sources[.logLevel, .logLevel] ?? .info
    }

    private static func configuration(_ sources: SettingSources) throws(UsageError) -> GatewayConfiguration {
        guard let upstreams = try sources.values(GatewayOption.upstream.rawValue, .upstream) else {
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
        var configuration = GatewayConfiguration(upstreams: upstreams, policy: policy)
        configuration.upstreamTLS = try upstreamTLS(sources)
        configuration.health = try health(sources)
        configuration.trustedProxies = try sources.values(GatewayOption.trustedProxies.rawValue, .proxy) ?? []
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
        if let time = try sources[.lateAnswer, .lateAnswer] { configuration.timeouts.lateAnswer = time }
        configuration.quota = QuotaLimits(
            keysPerScope: try sources[.maxKeysPerScope, .number(1...1_000_000_000_000)],
            bytesPerScope: try sources[.maxBytesPerScope, .storedSize],
            bytesInAll: try sources[.maxStoredBytes, .storedSize])
        configuration.crossOrigin = try crossOrigin(sources)
        configuration.upgrades = try upgrades(sources)
        if let time = try sources[.upgradeIdle, .upgradeIdle] { configuration.timeouts.tunnelIdle = time }
        if let drain = try sources[.drain, .drain] { configuration.timeouts.drain = drain }
        try sources.read(&configuration.limits)
        return configuration
    }

    private static func upstreamTLS(_ sources: SettingSources) throws(UsageError) -> UpstreamTLS {
        var tls = UpstreamTLS()
        tls.authorities = try sources[.upstreamCA, .file]
        tls.certificate = try sources[.upstreamCertificate, .file]
        tls.key = try sources[.upstreamKey, .file]
        tls.serverName = try sources[.upstreamServerName, .serverName]
        let pair: [GatewayOption] = [.upstreamCertificate, .upstreamKey]
        if (tls.certificate == nil) != (tls.key == nil) {
            let given = tls.key == nil ? pair[0] : pair[1]
            throw UsageError(
                "\(pair[0].rawValue) and \(pair[1].rawValue) belong together: set both, or none.",
                at: try sources.place(given.rawValue))
        }
        return tls
    }

    private static func health(_ sources: SettingSources) throws(UsageError) -> UpstreamHealthCheck? {
        let path = try sources[.upstreamHealth, .healthPath]
        var check = UpstreamHealthCheck(path: path ?? "/")
        if let interval = try sources[.upstreamHealthInterval, .healthInterval] { check.interval = interval }
        if let rise = try sources[.upstreamHealthRise, .number(1...100)] { check.rise = rise }
        if let fall = try sources[.upstreamHealthFall, .number(1...100)] { check.fall = fall }
        return path == nil ? nil : check
    }

    /// The pages that may read what the gateway answers itself.
    private static func crossOrigin(_ sources: SettingSources) throws(UsageError) -> CrossOriginRule? {
        let name = GatewayOption.corsOrigin.rawValue
        guard let origins = try sources.values(name, .pageOrigin) else { return nil }
        do {
            return try CrossOriginRule(origins: origins)
        } catch {
            throw UsageError("\(error)", at: try sources.place(name))
        }
    }

    /// The protocols that connections may be switched to; `off` alone stands for none.
    private static func upgrades(_ sources: SettingSources) throws(UsageError) -> [UpgradeProtocol] {
        let name = GatewayOption.upgrades.rawValue
        guard let given = try sources.values(name, .upgrade) else { return [.webSocket] }
        let protocols = given.compactMap(\.self)
        guard protocols.isEmpty || protocols.count == given.count else {
            throw UsageError("off stands alone. Allowed: \(Setting.upgrade.allowed).", at: try sources.place(name))
        }
        return protocols
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

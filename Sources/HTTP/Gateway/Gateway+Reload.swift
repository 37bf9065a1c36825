import Idempotency
import IdempotencyHTTP
import Logging
import Synchronization

extension Gateway {
    /// Serves by another configuration from now on, without dropping a connection.
    ///
    /// Requests in flight keep what they began with: policy, time-outs, connections to the upstream. New ones, also on
    /// connections that are open already, get the new. All files that it names are read again. When it throws, nothing
    /// has changed.
    ///
    /// - Throws: `GatewayConfigurationError` that names what is wrong, what cannot change while the gateway runs
    ///   (`fixed`), or why it is not the time to (`cannotReload`).
    public func reload(_ configuration: GatewayConfiguration) async throws(GatewayConfigurationError) {
        let plan = try Plan(configuration)
        let serving = try beginReload()
        defer { state.withLock { $0.isReloading = false } }
        try Self.checkFixed(from: serving.plan.configuration, to: configuration)
        if let tls = configuration.tls {
            do throws(ServerTLSError) {
                try reload(tls)
            } catch {
                throw .tls(error)
            }
        }
        await serving.shared.directories.resolve(configuration)
        let isServing = state.withLock { state in
            state.serving?.plan = plan
            return state.serving != nil
        }
        guard isServing else { throw .cannotReload("the gateway is stopping") }
        await serving.shared.quota.adopt(configuration.quota, retention: configuration.longestRetention)
        serving.shared.adopt(configuration.limits)
        await serving.loops.onEach { $0.adopt(plan) }
        warnOfAnonymousCallers(configuration)
    }

    /// Reads certificate and key for the connections to come, from these files; open connections go on as they are.
    /// Reads files and is not for an event loop.
    ///
    /// - Throws: `ServerTLSError` that names what is wrong; then everything stays as it is. Also before `run()` listens
    ///   and when the gateway runs without TLS.
    public func reload(_ tls: ServerTLS) throws(ServerTLSError) {
        guard let identity = state.withLock({ $0.identity }) else { throw .off }
        try identity.reload(tls)
        logger.info("certificates loaded", metadata: ["idempotency.certificate": "\(tls.certificateChain)"])
    }

    /// Reads certificate and key, if there are any.
    func loadIdentity(_ configuration: GatewayConfiguration) throws(GatewayConfigurationError) -> TLSIdentity? {
        guard let tls = configuration.tls else { return nil }
        do throws(ServerTLSError) {
            let identity = try TLSIdentity(tls, speaksHTTP2: configuration.speaksHTTP2)
            state.withLock { $0.identity = identity }
            return identity
        } catch {
            throw .tls(error)
        }
    }

    private func beginReload() throws(GatewayConfigurationError) -> Serving {
        let (serving, isReloading) = state.withLock { state in
            let wasReloading = state.isReloading
            if state.serving != nil, state.isReady { state.isReloading = true }
            return (state.isReady ? state.serving : nil, wasReloading)
        }
        guard let serving else { throw .cannotReload("the gateway does not run, or is stopping") }
        if isReloading { throw .cannotReload("another reload is under way") }
        return serving
    }

    private static func checkFixed(
        from old: GatewayConfiguration, to new: GatewayConfiguration
    ) throws(GatewayConfigurationError) {
        var names: [String] = []
        if old.host != new.host || old.port != new.port { names.append("the address to listen on") }
        if (old.tls == nil) != (new.tls == nil) { names.append("whether clients are spoken to over TLS") }
        if old.speaksHTTP2 != new.speaksHTTP2 { names.append("whether HTTP/2 is spoken") }
        if old.eventLoops != new.eventLoops { names.append("the number of event loops") }
        if old.limits.storeExchanges != new.limits.storeExchanges { names.append("the limit of store exchanges") }
        // Whether the end of a gateway is taken for the end of its requests was settled when the store was opened.
        if (old.interrupted == .hold) != (new.interrupted == .hold) { names.append("interrupted, from or to hold") }
        guard names.isEmpty else { throw .fixed(names) }
    }

    /// Callers without a credential can meet each other's keys where they share a scope; the operator is told.
    func warnOfAnonymousCallers(_ configuration: GatewayConfiguration) {
        let isShared = configuration.policy.routes.contains { route in
            route.settings.requirement != .off && route.settings.scope.anonymous == .share
        }
        guard isShared else { return }
        logger.notice("callers without a credential share one scope of keys; --anonymous refuse turns them away")
    }
}

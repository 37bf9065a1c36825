import Idempotency

/// Whether a server may be used: what is refused, and what its operator is told.
struct StartupCheck: Sendable {
    /// What is known of the server.
    struct Facts: Hashable, Sendable {
        var report = ServerReport("")
        /// The settings that CONFIG GET told; none when it is refused.
        var settings: [String: String] = [:]
        /// Whether CONFIG GET was refused.
        var hidesSettings = false
    }

    let configuration: RedisStore.Configuration

    /// What the server promises, or why it is not used.
    func durability(_ facts: Facts) throws(StoreError) -> Durability {
        let report = facts.report
        if !report.isAtLeast(6, 2) {
            throw Self.misuse(
                "The server is Redis \(report.version); this store needs 6.2 or later, or any Valkey.")
        }
        if report.isReplica {
            throw StoreError(
                .unavailable,
                "The server is a replica, which may lag behind and cannot be written to. Name the primary, or the "
                    + "sentinels that know it.", effect: .notApplied)
        }
        if report.isLoading {
            throw StoreError(
                .unavailable, "The Redis server is still loading its data; try again in a moment.",
                effect: .notApplied)
        }
        if facts.hidesSettings, !configuration.acceptsHiddenSettings {
            throw Self.misuse(
                "The server does not let this program read its settings (CONFIG GET), so nobody can check how durable "
                    + "it is. Look yourself (appendfsync, maxmemory-policy), then accept it: acceptsHiddenSettings, or "
                    + "?settings=hidden in the URL.")
        }
        try checkEviction(facts)
        return Durability(
            report, appendFsync: facts.settings["appendfsync"], save: facts.settings["save"],
            replicas: configuration.replicas?.count ?? 0)
    }

    private func checkEviction(_ facts: Facts) throws(StoreError) {
        guard !configuration.acceptsEviction else { return }
        let limit = facts.settings["maxmemory"].flatMap { Int($0) } ?? facts.report.memoryLimit
        guard let policy = facts.settings["maxmemory-policy"] ?? facts.report.evictionPolicy else {
            if facts.hidesSettings, configuration.acceptsHiddenSettings { return }
            throw Self.misuse("The server does not tell its maxmemory-policy, which must be noeviction.")
        }
        guard limit == 0 || policy == "noeviction" else {
            throw Self.misuse(
                "The server evicts keys when its memory is used up (maxmemory-policy \(policy)): a key that is gone "
                    + "runs its operation again. Set maxmemory-policy noeviction, or accept that with acceptsEviction, "
                    + "or ?eviction=accepted in the URL.")
        }
    }

    private static func misuse(_ message: String) -> StoreError {
        StoreError(.misuse, message, effect: .notApplied)
    }
}

import IdempotencyGateway
import IdempotencyHTTP

extension GatewaySettings {
    /// Makes sure that nothing differs in `new` that cannot change while the gateway runs.
    ///
    /// - Throws: `UsageError` that names every option which needs a restart.
    func checkReload(to new: GatewaySettings) throws(UsageError) {
        let changes: [(GatewayOption, Bool)] =
            [
                (.tlsCertificate, (configuration.tls == nil) != (new.configuration.tls == nil)),
                (.http2, configuration.speaksHTTP2 != new.configuration.speaksHTTP2), (.listen, listen != new.listen),
                (.admin, admin != new.admin),
                (.adminToken, adminToken != new.adminToken),
                (.store, !store.isSame(as: new.store)),
                (.encryptionKeys, !LoadedKeys.maySucceed(encryption, new.encryption)),
                (.audit, auditPath != new.auditPath), (.sweepInterval, sweepInterval != new.sweepInterval),
                (.logLevel, logLevel != new.logLevel), (.cache, cacheBytes != new.cacheBytes),
                (.interrupted, (configuration.interrupted == .hold) != (new.configuration.interrupted == .hold)),
            ] + keyChanges(to: new)
        let names = changes.filter(\.1).map(\.0.rawValue)
        guard names.isEmpty else {
            throw UsageError(
                "These cannot change while the gateway runs; restart it: \(names.joined(separator: ", ")).")
        }
    }

    /// What a key means. A retry that is due would not be recognised any more and would run again.
    private func keyChanges(to new: GatewaySettings) -> [(GatewayOption, Bool)] {
        guard let mine = configuration.policy.routes.last?.settings,
            let theirs = new.configuration.policy.routes.last?.settings
        else { return [] }
        return [
            (.keyHeader, mine.key != theirs.key), (.scope, mine.scope.source != theirs.scope.source),
            (.secret, mine.scope.secret != theirs.scope.secret),
        ]
    }
}

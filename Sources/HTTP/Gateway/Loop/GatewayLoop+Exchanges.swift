import Idempotency
import NIOCore

extension GatewayLoop {
    /// The present moment, as executions count it.
    var now: Moment { clock.now }

    /// The present `Date` header.
    var date: String { dates.now() }

    /// Counts a guarded exchange in and keeps it until it is done.
    func entered(_ exchange: GuardedExchange) {
        exchanges[ObjectIdentifier(exchange)] = exchange
        shared.census.enterExchange()
    }

    /// Counts a guarded exchange out; saying it twice does no harm.
    func left(_ exchange: GuardedExchange) {
        guard exchanges.removeValue(forKey: ObjectIdentifier(exchange)) != nil else { return }
        memory.letGo(exchange.heldBytes)
        shared.census.leaveExchange()
    }

    /// Asks to keep an exchange with the upstream open after its time-out.
    ///
    /// - Returns: For how long, or `nil` when that is not wanted or too many are kept open already.
    func keepOpen() -> TimeAmount? {
        guard configuration.timeouts.lateAnswer > .zero else { return nil }
        guard keptOpen < max(1, configuration.limits.lateAnswers / shared.loops) else {
            shared.observer.lateAnswer(.refused)
            return nil
        }
        keptOpen += 1
        return TimeAmount(configuration.timeouts.lateAnswer)
    }

    /// The digest of a scope that upstreams see; the ones used last are remembered.
    func digest(of scope: Scope) -> String {
        if let digest = scopeDigests[scope] { return digest }
        var hasher = FingerprintHasher()
        for part in scope.parts { hasher.update(field: part) }
        let digest = hasher.finalize().digest.description
        if scopeDigests.count >= Self.rememberedScopes { scopeDigests.removeAll(keepingCapacity: true) }
        scopeDigests[scope] = digest
        return digest
    }

    private static var rememberedScopes: Int { 1024 }
}

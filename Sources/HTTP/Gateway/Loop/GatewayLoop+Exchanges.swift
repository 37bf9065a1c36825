import Idempotency
import NIOCore

extension GatewayLoop {
    /// The present moment, as executions count it.
    var now: Moment { clock.now }

    /// The present `Date` header.
    var date: String { dates.now() }

    /// A new identity for an attempt.
    func newOwner() -> Owner { .random(using: &randomness) }

    /// Counts a guarded exchange in and keeps it until it is done.
    func entered(_ exchange: GuardedExchange) {
        exchanges[ObjectIdentifier(exchange)] = exchange
        shared.census.enterExchange()
    }

    /// Counts a guarded exchange out; saying it twice does no harm.
    func left(_ exchange: GuardedExchange) {
        guard exchanges.removeValue(forKey: ObjectIdentifier(exchange)) != nil else { return }
        letGo(exchange.request.body.readableBytes)
        shared.census.leaveExchange()
    }

    /// Asks for memory for a body; `false` when too much is held already.
    func hold(_ bytes: Int) -> Bool {
        guard heldBytes + bytes <= configuration.limits.heldBodies / shared.loops else { return false }
        heldBytes += bytes
        return true
    }

    /// Gives memory back.
    func letGo(_ bytes: Int) {
        heldBytes -= bytes
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

    /// The connections for questions about interrupted attempts.
    func inquiries(at origin: Origin) -> UpstreamPool {
        if let pool = inquiryPool { return pool }
        let pool = UpstreamPool(origin: origin, configuration: configuration, share: shared.loops, on: eventLoop)
        inquiryPool = pool
        return pool
    }

    private static var rememberedScopes: Int { 1024 }
}

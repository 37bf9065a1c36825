/// A cache in front of a store that calls back.
public struct SubmittingCachedStore<Base: SubmittingStore>: SubmittingStore {
    /// The cache, for its statistics.
    public let cache: CachedStore
    private let base: Base

    /// A cache in front of `base`.
    public init(_ base: Base, configuration: CachedStore.Configuration = .init()) {
        self.base = base
        cache = CachedStore(base, configuration: configuration)
    }

    /// As with `CachedStore`.
    public func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        try await cache.exchange(exchange)
    }

    /// Calls back at once for what is kept.
    public func submit(
        _ exchange: Exchange, completion: @escaping @Sendable (Result<ExchangeReply, StoreError>) -> Void
    ) {
        if let reply = cache.cached(exchange) { return completion(.success(reply)) }
        let sent = cache.now
        base.submit(exchange) { [cache] result in
            if case .success(let reply) = result { cache.keep(reply, of: exchange.id, sent: sent) }
            completion(result)
        }
    }
}

import Idempotency

/// The scripts of a store.
struct Scripts: Hashable, Sendable {
    private let exchange: ExchangeScript

    init(_ configuration: RedisStore.Configuration) {
        exchange = ExchangeScript(
            memory: max(configuration.fenceMemory.wholeMicroseconds / 1000, 1), announces: configuration.announces,
            rewrites: configuration.replicas != nil)
    }

    /// The script of a claim: refused when the server has no memory left.
    var claim: String { exchange.text(allowsFullMemory: false) }

    /// The script of all other exchanges: what runs can still be completed when the server has no memory left.
    func settle(allowsFullMemory: Bool) -> String { exchange.text(allowsFullMemory: allowsFullMemory) }
}

/// The digests that the server gave the scripts.
struct ScriptDigests: Hashable, Sendable {
    var claim = ""
    var settle = ""
    /// Whether the server knows scripts that may write when its memory is used up.
    var allowsFullMemory = false
}

public import Idempotency

/// One exchange as a `RecordingStore` saw it.
public struct RecordedExchange: Sendable {
    /// What was asked of the store.
    public let exchange: Exchange
    /// When it was asked: a place in the one order of all calls and returns.
    public let called: UInt64
    /// When it was answered, in the same order; `nil` while it is under way.
    public internal(set) var returned: UInt64?
    /// The answer; `nil` while it is under way.
    public internal(set) var result: Result<ExchangeReply, StoreError>?

    /// The reply, or `nil` when there is none or it was an error.
    public var reply: ExchangeReply? { try? result?.get() }
}

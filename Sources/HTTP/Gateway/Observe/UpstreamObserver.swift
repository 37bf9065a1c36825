/// Hears how exchanges with one upstream end, for metrics.
public protocol UpstreamObserver: Sendable {
    /// A request was sent and answered, or was sent and not answered; called on an event loop, and must not block.
    func exchangeEnded(isAnswered: Bool)
    /// A connection could not be made; nothing was sent. Must not block.
    func connectFailed()
}

/// Does nothing with what it hears.
public struct SilentUpstreamObserver: UpstreamObserver {
    /// An observer.
    public init() {}

    /// Does nothing.
    public func exchangeEnded(isAnswered: Bool) {}

    /// Does nothing.
    public func connectFailed() {}
}

/// How one of the configured upstreams is at a moment.
public struct UpstreamStatus: Hashable, Sendable {
    /// The upstream as configured.
    public let origin: Origin
    /// How many of its addresses take requests.
    public let usableAddresses: Int
    /// How many addresses it has; none when its name is not known.
    public let addresses: Int
    /// Requests that it works on for this gateway.
    public let outstanding: Int
}

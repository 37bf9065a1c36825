/// How much of everything the gateway takes; every queue and buffer has a bound here.
public struct GatewayLimits: Hashable, Sendable {
    /// The memory for the bodies of guarded requests and for their answers, over all event loops, in bytes: 256 MiB,
    /// thousands of usual ones. An answer counts twice, as it is gathered and as it is stored.
    ///
    /// A quarter is left to answers: a request that would go beyond the rest gets 503 before anything is claimed. An
    /// answer that finds no room is streamed on and leaves a tombstone, but a small one (8 KiB) always has its place. A
    /// replay that finds no room gets 503; the key is not touched.
    public var heldBodies = 256 << 20
    /// All header lines of a request, trailers included, in bytes: 32 KiB, what common servers behind it accept.
    public var headerBytes = 32 << 10
    /// One header line in bytes: 8 KiB, enough for the largest usual tokens and cookies.
    public var headerFieldBytes = 8 << 10
    /// The request line in bytes: 8 KiB (RFC 9112 section 3 asks for at least 8000).
    public var requestLineBytes = 8 << 10
    /// The number of header lines of a request: 100, as common servers have it.
    public var headerFields = 100
    /// All header names and values of an answer of the upstream, in bytes: 64 KiB. More than of a request, because an
    /// answer that is refused may be one to a request that took effect.
    public var answerHeaderBytes = 64 << 10
    /// One header line of an answer, in bytes: 16 KiB.
    public var answerHeaderFieldBytes = 16 << 10
    /// The number of header lines of an answer: 200.
    public var answerHeaderFields = 200
    /// Client connections at a time. One more is closed at once: 10 000 idle ones cost about 100 MiB.
    public var connections = 10_000
    /// Streams of an HTTP/2 connection at a time: 100, what RFC 9113 section 6.5.2 names as the least to allow.
    public var streams = 100
    /// Streams of an HTTP/2 connection that the client resets, or has reset by breaking a rule, within 30 s. One more
    /// ends the connection: 200 is far above what a person's browser does, and far below what costs anything.
    public var streamResets = 200
    /// PING, SETTINGS and PRIORITY frames that an HTTP/2 client sends within 30 s. One more ends the connection: 200,
    /// several a second.
    public var controlFrames = 200
    /// Client connections at a time from one address (of IPv6 the first 64 bits): 1 000, so that one client cannot take
    /// all, and an office behind one address still gets in. Trusted proxies are not held to it.
    public var connectionsPerAddress = 1_000
    /// The least that a client must send of a body, in bytes a second, taken over its whole time after the first ten
    /// seconds; 0 asks for nothing. 240, which any line can do. A client that the gateway itself does not read from at
    /// that moment is not blamed.
    public var bodyRate = 240
    /// Upstream connections at a time, over all event loops: 1 024, as much as a server behind usually takes.
    public var upstreamConnections = 1_024
    /// Requests that wait for an upstream connection, over all event loops. One more is answered with 503.
    public var upstreamQueue = 10_000
    /// Connections that are switched to another protocol at a time, over all event loops: 1 000. Each holds a
    /// connection to the upstream of its own, beside those for requests. One more gets 503.
    public var tunnels = 1_000
    /// Exchanges with the upstream that are kept open after their time-out, over all event loops: 256, a quarter of the
    /// upstream connections, so that an upstream which hangs does not take them all. One more is closed at once.
    public var lateAnswers = 256
    /// Duplicates that wait for a running request, over all event loops. One more is answered with 409 at once.
    public var waiters = 1_000
    /// Duplicates of one key that wait at a time; a burst of clicks fits, a flood does not.
    public var waitersPerKey = 100
    /// Exchanges with a store that takes tasks only (no `SubmittingStore`), at a time; more wait in a queue ten times
    /// as long.
    public var storeExchanges = 256

    /// The defaults.
    public init() {}
}

/// How long the gateway waits for what; kept by a coarse clock, so each may last up to a tenth of a second longer.
public struct GatewayTimeouts: Hashable, Sendable {
    /// From the connection to the end of the first request's header: 10 s, long for any client, short for an attacker
    /// who sends a byte at a time.
    public var header = Duration.seconds(10)
    /// From the end of an answer to the end of the next request's header: 60 s, longer than most clients keep a
    /// connection.
    public var keepAlive = Duration.seconds(60)
    /// The longest silence within a request body: 10 s.
    public var bodySilence = Duration.seconds(10)
    /// The whole body of a guarded request: 60 s, which bounds how slowly a body of the largest size may come.
    public var body = Duration.seconds(60)
    /// The longest time that a client takes nothing of an answer: 60 s.
    public var clientStall = Duration.seconds(60)
    /// To make a connection to the upstream, or to get one of those in use: 3 s, above one lost SYN packet.
    public var upstreamConnect = Duration.seconds(3)
    /// From the sent request to the answer's header, and the longest silence within the answer: 30 s. A guarded request
    /// is in doubt after that.
    public var upstreamAnswer = Duration.seconds(30)
    /// How long an exchange with the upstream is kept open after that, so that an answer which comes too late for its
    /// caller still settles the doubt: 60 s, which most slow answers need. Zero closes it at once.
    public var lateAnswer = Duration.seconds(60)
    /// How long an upstream connection is kept unused: 4 s, shorter than the 5 s after which common servers close it,
    /// as a request sent at that moment would be in doubt. A server's `Keep-Alive: timeout=` shortens it.
    public var upstreamIdle = Duration.seconds(4)
    /// How long nothing may move, in either direction, over a connection that was switched to another protocol: 5 min,
    /// several times the rest between two pings of usual WebSocket clients and servers.
    public var tunnelIdle = Duration.seconds(300)
    /// How long a shutdown waits for what is in flight: 25 s, within the 30 s that orchestrators give.
    public var drain = Duration.seconds(25)

    /// The defaults.
    public init() {}
}

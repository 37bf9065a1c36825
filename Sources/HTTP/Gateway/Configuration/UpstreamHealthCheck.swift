/// How the gateway finds out whether the addresses of its upstreams do their work: by asking them.
///
/// `GET` this path on a connection of its own; an answer from 200 to 399 is a good one.
public struct UpstreamHealthCheck: Hashable, Sendable {
    /// The path, and perhaps a query, to ask for.
    public var path: String
    /// The rest between two questions to an address: 5 s.
    public var interval = Duration.seconds(5)
    /// How many good answers in a row bring an address back: 2, as one may be luck.
    public var rise = 2
    /// How many bad ones in a row take an address out: 3, as a restart of a process may cost one or two.
    public var fall = 3

    /// Asks for `path`, all else by default.
    public init(path: String) {
        self.path = path
    }

    /// How long an answer is waited for: the interval, but no longer than 5 s.
    var patience: Duration { min(interval, .seconds(5)) }
}

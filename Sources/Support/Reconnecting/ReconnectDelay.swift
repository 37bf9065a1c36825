/// How long to wait before a connection is tried again; a value.
package struct ReconnectDelay: Hashable, Sendable {
    private var failures = 0

    /// The first try is at once.
    package init() {}

    /// A connection was ready: the next one is tried at once.
    package mutating func succeeded() {
        failures = 0
    }

    /// How long to wait after one more failure: nothing at first, then from 25 ms, doubled up to 1.6 s, of which
    /// `share` (0…1) of the upper half is taken, so that clients that lost a server together do not come back together.
    package mutating func next(share: Double) -> Duration {
        defer { failures += 1 }
        guard failures > 0 else { return .zero }
        let milliseconds = 25 << min(failures - 1, 6)
        return .microseconds(Int64(Double(milliseconds) * 1000 * (1 + share) / 2))
    }
}

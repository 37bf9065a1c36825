/// How long to wait before a call is repeated: anything from nothing to a bound that doubles with every failure, so
/// that clients that were refused together do not come back together.
struct FullJitter: Hashable, Sendable {
    /// The bound after the first failure: 25 ms, a few round trips.
    var base = Duration.milliseconds(25)
    /// The highest bound: a second.
    var cap = Duration.seconds(1)

    /// The wait after so many failures; `share` is 0…1.
    func delay(after failures: Int, share: Double) -> Duration {
        min(base * (1 << min(max(failures - 1, 0), 16)), cap) * share
    }
}

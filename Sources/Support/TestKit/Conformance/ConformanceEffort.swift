/// How hard a run of the conformance suite tries.
public struct ConformanceEffort: Hashable, Sendable {
    /// How many callers race for one key, and how many keys there are in the checks with many: 1,000, more than any
    /// pool or batch of a store is likely to hold.
    public var crowd = 1_000
    /// The steps of each sequential random history: 2,000 meet every pair of state and expectation many times.
    public var steps = 2_000
    /// How many concurrent histories are checked for linearizability: 20, so that a run stays within seconds.
    public var histories = 20
    /// The largest outcome and checkpoint in bytes: 1 MiB, the gateway's limit on a stored answer.
    public var largestPayload = 1 << 20
    /// How long a short retention is in the checks that wait for it on a real clock: 40 ms, longer than the round trips
    /// that must fit in. A remote store may need more. Has no meaning with a manual clock.
    public var shortRetention = Duration.milliseconds(40)
    /// How far the store's `now` may run backwards from one exchange to the next: not at all. Only for stores that have
    /// several clocks.
    public var clockTolerance = Duration.zero
    /// Whether an exchange of the store is several writes, one after the other. Concurrent histories then leave out
    /// what only a store with one write can get right: retentions that end while an exchange is under way, and two
    /// renewals of an attempt with the same count.
    public var writesInSteps = false

    /// The standard effort.
    public init() {}
}

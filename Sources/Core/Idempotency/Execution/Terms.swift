/// What an execution is held to.
package struct Terms: Hashable, Sendable {
    /// How long an attempt may run alone before it has to renew.
    package var lease: Duration
    /// How long the outcome is kept.
    package var retention: Duration
    /// How long a duplicate waits for the running attempt before it is refused; zero refuses at once.
    package var wait: Duration
    /// What to do about an interrupted attempt.
    package var interrupted: InterruptedRule
    /// How long a claim is tried again while the store does not answer, before the caller is refused.
    package var claimPatience: Duration
    /// How long a settlement is tried again after the caller was told that it is in doubt.
    package var settlePatience: Duration

    /// How long a claim is tried again: never longer than the lease, so that no copy of it outlives what it claims.
    var patience: Duration { min(claimPatience, lease) }

    /// When a lease is renewed, counted from its grant: a third of it leaves room for two more tries.
    var renewal: Duration { Duration(attoseconds: lease.attoseconds / 3) }

    /// Terms of an execution.
    package init(
        lease: Duration, retention: Duration, wait: Duration = .zero, interrupted: InterruptedRule,
        claimPatience: Duration = .seconds(2), settlePatience: Duration = .seconds(600)
    ) {
        self.lease = lease
        self.retention = retention
        self.wait = wait
        self.interrupted = interrupted
        self.claimPatience = claimPatience
        self.settlePatience = settlePatience
    }
}

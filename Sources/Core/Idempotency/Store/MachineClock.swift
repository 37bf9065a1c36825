/// The clocks of one machine: for a store whose processes all run on it.
///
/// Retention is counted on the wall clock, which outlives a restart. Leases are counted on the boot clock, which nobody
/// can set: a step of the wall clock then neither ends a lease nor prolongs it. A time on the boot clock means
/// something only together with the boot that it was counted in.
public protocol MachineClock: StoreClock {
    /// How long the machine has been up, the time that it slept included.
    var uptime: Duration { get }

    /// What tells this boot of the machine from every other boot of any machine, or `nil` when the system does not say.
    var bootID: String? { get }
}

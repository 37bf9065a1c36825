import Idempotency
import IdempotencyEmbedded

/// One reading of the clocks by one instance, and what leases look like from there.
struct ClockReading {
    /// The clocks.
    let machine: MachineReading
    /// Who looks.
    let instance: Int64
    /// The boot that it looks from.
    let boot: String
    /// What tells whether others still live, or `nil` where only their leases can tell.
    let lock: InstanceLock?

    /// The wall clock.
    var now: Timestamp { machine.now }

    /// When a lease ends on the wall clock.
    ///
    /// The boot clock counts. Whatever the clocks say, a lease is over when the machine was
    /// started anew or when the instance is provably gone: there is nobody left to go on under it. Without `lock`
    /// nobody is taken for gone before its time.
    func leaseEnd(of lease: RecordRow.GrantedLease, grantedTo other: InstanceEntry) -> Timestamp {
        // After a restart of the machine its boot clock says nothing; without faith in orphans, the wall clock has to.
        guard other.boot == boot else { return lock == nil ? lease.end : min(lease.end, now) }
        let end = machine.leaseEnd(granted: lease.end, uptime: lease.uptime)
        if let lock, lease.instance != instance, end > now, lock.isFree(lease.instance, in: other.lockFile) {
            return min(lease.end, now)
        }
        return end
    }
}

/// What is known of an instance: an opened store. Never changes.
struct InstanceEntry {
    /// The boot of the machine in which the store was opened.
    let boot: String
    /// The file that holds the instance's lock.
    let lockFile: UInt64
}

import Idempotency

/// One reading of the clocks by one instance, and what leases look like from there.
struct ClockReading {
    /// The wall clock.
    let now: Timestamp
    /// The boot clock, in microseconds.
    let uptime: Int64
    /// Who looks.
    let instance: Int64
    /// The boot that it looks from.
    let boot: String
    /// What tells whether others still live, or `nil` where only their leases can tell.
    let lock: InstanceLock?

    /// By how much two readings of both clocks may disagree without any of them having been set: the time between the
    /// looks at the one and the other, and a little of what the wall clock is slowed down or sped up by.
    private static let tolerance = Duration.milliseconds(10)

    /// Where a point in time on the wall clock lies on the boot clock.
    func uptime(of time: Timestamp) -> Int64 {
        (Timestamp(microseconds: uptime) + (time - now)).microseconds
    }

    /// When a lease ends on the wall clock.
    ///
    /// The boot clock counts. As long as the wall clock has not been set since, that is the very time that was granted,
    /// so that a record looks the same every time. Whatever the clocks say, a lease is over when the machine was
    /// started anew or when the instance is provably gone: there is nobody left to go on under it. Without `lock`
    /// nobody is taken for gone before its time.
    func leaseEnd(of lease: RecordRow.GrantedLease, grantedTo other: InstanceEntry) -> Timestamp {
        // After a restart of the machine its boot clock says nothing; without faith in orphans, the wall clock has to.
        guard other.boot == boot else { return lock == nil ? lease.end : min(lease.end, now) }
        let end = now + (Timestamp(microseconds: lease.uptime) - Timestamp(microseconds: uptime))
        if let lock, lease.instance != instance, end > now, lock.isFree(lease.instance, in: other.lockFile) {
            return min(lease.end, now)
        }
        let difference = end - lease.end
        return difference <= Self.tolerance && difference >= .zero - Self.tolerance ? lease.end : end
    }
}

/// What is known of an instance: an opened store. Never changes.
struct InstanceEntry {
    /// The boot of the machine in which the store was opened.
    let boot: String
    /// The file that holds the instance's lock.
    let lockFile: UInt64
}

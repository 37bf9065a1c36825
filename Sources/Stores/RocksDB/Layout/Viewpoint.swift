import Idempotency
import IdempotencyEmbedded

/// From where records are looked at: one reading of the clocks by whoever has the store open.
struct Viewpoint {
    /// The clocks.
    let reading: MachineReading
    /// Who looks.
    let holder: StoredRecord.Holder
    /// Whether what an earlier holder left running counts as lapsed at once, or only when its lease is over.
    let orphansLapseAtOnce: Bool

    /// The wall clock.
    var now: Timestamp { reading.now }

    /// The record as it looks from here.
    ///
    /// One process at a time has the store open, so every earlier holder is gone: nobody goes on under its leases.
    /// Where operations may go on without the process that began them, those leases run on, on the boot clock as long
    /// as that is the same, and after a restart of the machine on the wall clock.
    func record(_ stored: StoredRecord) -> Record {
        guard let lease = stored.lease, case .running(let granted) = stored.record.state else { return stored.record }
        var record = stored.record
        record.state = .running(leaseEnd: end(of: lease, granted: granted))
        return record
    }

    private func end(of lease: StoredRecord.Lease, granted: Timestamp) -> Timestamp {
        let isOwn = lease.holder.instance == holder.instance
        if !isOwn, orphansLapseAtOnce { return min(granted, now) }
        guard isOwn || lease.holder.boot == holder.boot else { return granted }
        return reading.leaseEnd(granted: granted, uptime: lease.uptime)
    }
}

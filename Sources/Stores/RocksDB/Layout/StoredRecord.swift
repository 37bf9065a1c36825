import Idempotency
import IdempotencyEmbedded

/// A record as it lies in the database: a lease is kept as it was granted, and by whom.
struct StoredRecord: Hashable {
    /// Who has the store open, and in which boot of the machine: what the end of a lease on the boot clock belongs to.
    struct Holder: Hashable {
        /// The number of the opening, counted from 1; every opening gets the next one.
        let instance: UInt64
        /// A summary of the identity of the boot.
        let boot: UInt64
    }

    /// A lease as it was granted.
    struct Lease: Hashable {
        /// When it ends on the boot clock, in microseconds.
        let uptime: Int64
        /// By whom it was granted.
        let holder: Holder
    }

    /// The record; its lease ends where it was to end on the wall clock of that time.
    let record: Record
    /// How the lease lies on the boot clock, if the record is running; else `nil`.
    let lease: Lease?

    /// A record that was read.
    init(_ record: Record, lease: Lease?) {
        self.record = record
        self.lease = lease
    }

    /// A record that is to be written now.
    init(_ record: Record, by holder: Holder, at reading: MachineReading) {
        self.record = record
        if case .running(let end) = record.state {
            lease = Lease(uptime: reading.uptime(of: end), holder: holder)
        } else {
            lease = nil
        }
    }
}

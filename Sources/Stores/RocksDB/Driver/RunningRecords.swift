import Idempotency

/// The records that this opening of the store has put into the database as running, and not changed since: what is
/// written there need not be read again when the attempt ends.
///
/// Only the worker writes, as long as the directory is locked, and neither compaction nor sweeping touches a record
/// that is running. So what is kept here is what lies there. It is bounded: what is not here is read.
struct RunningRecords {
    /// How many are kept at most. 16,384: as many as can be queued.
    static let countLimit = 16_384
    /// The largest record that is kept, by the sizes of its checkpoint and label, in bytes. 1 KiB: all together then
    /// take some 16 MiB at most, and larger ones are rare.
    static let sizeLimit = 1024

    private var records: [RecordID: StoredRecord] = [:]

    /// How many there are.
    var count: Int { records.count }

    /// What lies in the database under an id, if that is known.
    subscript(id: RecordID) -> StoredRecord? { records[id] }

    /// Notes what was written; `nil` for a deletion.
    mutating func note(_ stored: StoredRecord?, of id: RecordID) {
        guard let stored, stored.lease != nil, Self.size(of: stored.record) <= Self.sizeLimit else {
            records[id] = nil
            return
        }
        // Hardly ever: then all of them are read once more.
        if records.count >= Self.countLimit, records[id] == nil { records.removeAll(keepingCapacity: true) }
        records[id] = stored
    }

    /// Forgets all: a write has failed, and nobody can tell what lies in the database.
    mutating func forget() {
        records.removeAll()
    }

    private static func size(of record: Record) -> Int {
        record.checkpoint.count + record.label.key.utf8.count + record.label.scope.utf8.count
            + record.label.operation.utf8.count
    }
}

import Idempotency
import IdempotencyEmbedded

extension WriteBatch {
    /// Puts a change of a record in, and that of its index entries.
    func put(_ change: RecordBatch.Change, by holder: StoredRecord.Holder, at reading: MachineReading) {
        if let new = change.new {
            put(.records, change.id.key, RecordCoding.encode(StoredRecord(new, by: holder, at: reading), id: change.id))
        } else if change.old != nil {
            delete(.records, change.id.key)
        }
        let old = change.old.map(IndexEntry.init)
        let new = change.new.map(IndexEntry.init)
        guard old != new else { return }
        if let old { remove(old, of: change.id) }
        if let new { put(new, of: change.id) }
    }

    /// Takes a record out that has expired, and its index entries.
    func removeExpired(_ id: RecordID, created: Timestamp, expires: Timestamp, withRecord: Bool) {
        if withRecord { delete(.records, id.key) }
        remove(.completed(created: created, expires: expires), of: id)
    }

    private func put(_ entry: IndexEntry, of id: RecordID) {
        switch entry {
        case .open(let created):
            put(.open, IndexKey.encode(created, id), [])
        case .completed(let created, let expires):
            let (byAge, byExpiry) = (IndexKey.encode(created, id), IndexKey.encode(expires, id))
            put(.completed, byAge, byExpiry)
            put(.expiry, byExpiry, byAge)
        }
    }

    private func remove(_ entry: IndexEntry, of id: RecordID) {
        switch entry {
        case .open(let created):
            deleteOnce(.open, IndexKey.encode(created, id))
        case .completed(let created, let expires):
            delete(.completed, IndexKey.encode(created, id))
            delete(.expiry, IndexKey.encode(expires, id))
        }
    }
}

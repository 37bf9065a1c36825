import CRocksDB
import Idempotency
import IdempotencyEmbedded

/// Finds what has expired, the longest expired first, and goes on where it ended.
struct ExpirySweep {
    private var expiryHorizon: ExpiryHorizon
    /// Nothing expires earlier that is still to be found. Saves walking over what was deleted already.
    private var start = Timestamp(microseconds: .min)

    /// Nothing was swept so far.
    init(at reading: MachineReading) {
        expiryHorizon = ExpiryHorizon(reading)
    }

    /// Up to which expiry records may be removed.
    mutating func horizon(at reading: MachineReading) -> Timestamp {
        expiryHorizon.advance(to: reading)
    }

    /// A record was written that expires then.
    mutating func include(_ expires: Timestamp) {
        start = min(start, expires)
    }

    /// What was found last could not be removed: it is found again.
    mutating func startAgain() {
        start = Timestamp(microseconds: .min)
    }

    /// Puts the removal of up to `limit` expired records into an empty batch; how many they are.
    mutating func collect(
        limit: Int, at reading: MachineReading, in database: Database, lookup: RecordLookup, into batch: WriteBatch
    ) throws(RocksDBFailure) -> Int {
        batch.clear()
        let horizon = horizon(at: reading)
        let snapshot = Snapshot(database)
        let scan = Scan(
            database, .expiry, from: IndexKey.encode(start, .lowest), options: snapshot.options)
        var count = 0
        while count < limit {
            let entries = try next(limit - count, of: scan, by: horizon)
            guard !entries.isEmpty else { break }
            for (entry, found) in zip(entries, lookup.find(entries.map(\.id))) where remove(entry, found, batch) {
                count += 1
            }
        }
        return count
    }

    private struct Entry {
        let id: RecordID
        let created: Timestamp
        let expires: Timestamp
    }

    private mutating func next(
        _ limit: Int, of scan: Scan, by horizon: Timestamp
    ) throws(RocksDBFailure) -> [Entry] {
        var entries: [Entry] = []
        while entries.count < limit, let key = try scan.key(), let (expires, id) = IndexKey.decode(key),
            expires <= horizon
        {
            if let created = IndexKey.time(of: scan.value) {
                entries.append(Entry(id: id, created: created, expires: expires))
            }
            start = expires
            scan.next()
        }
        return entries
    }

    /// Removes an entry, and its record unless that has become another one or cannot be understood.
    private func remove(_ entry: Entry, _ found: Result<StoredRecord?, StoreError>, _ batch: WriteBatch) -> Bool {
        guard case .success(let stored) = found else { return false }
        let isThere = stored.map { IndexEntry($0.record) == .completed(created: entry.created, expires: entry.expires) }
        batch.removeExpired(
            entry.id, created: entry.created, expires: entry.expires, withRecord: isThere ?? false)
        return true
    }
}

extension RecordID {
    /// The id before all others.
    static let lowest = RecordID(Digest(0, 0, 0, 0))
}

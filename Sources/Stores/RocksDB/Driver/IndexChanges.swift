import Idempotency

/// What a batch does to the indexes.
///
/// It is written index by index, in the order of the keys. Most keys are newer than all that an index holds, and many
/// of a batch have the same time: in this order RocksDB finds the place of nearly every key right behind that of the
/// one before, instead of searching for it.
struct IndexChanges {
    fileprivate struct Item {
        let id: RecordID
        let created: Timestamp
        /// `nil` for an open record.
        let expires: Timestamp?
    }

    private var removed: [Item] = []
    private var added: [Item] = []

    /// Replaces what stands for a record by what is to stand for it; `nil` for no record.
    mutating func replace(_ old: IndexEntry?, by new: IndexEntry?, of id: RecordID) {
        guard old != new else { return }
        if let old { removed.append(Item(old, of: id)) }
        if let new { added.append(Item(new, of: id)) }
    }

    /// Puts the changes into a batch, and forgets them.
    ///
    /// What is removed goes first, so that a key that is removed and put again is there afterwards.
    mutating func move(into batch: WriteBatch) {
        guard !removed.isEmpty || !added.isEmpty else { return }
        withUnsafeTemporaryAllocation(byteCount: IndexKey.size * 2, alignment: 8) { keys in
            let byAge = UnsafeMutableRawBufferPointer(rebasing: keys[..<IndexKey.size])
            let byExpiry = UnsafeMutableRawBufferPointer(rebasing: keys[IndexKey.size...])
            let nothing = UnsafeRawBufferPointer(start: keys.baseAddress, count: 0)
            func write(_ item: Item) {
                IndexKey.write(item.created, item.id, to: byAge, at: 0)
                if let expires = item.expires { IndexKey.write(expires, item.id, to: byExpiry, at: 0) }
            }
            removed.sort { $0.isOlder(than: $1) }
            for item in removed {
                write(item)
                if item.expires == nil {
                    batch.deleteOnce(.open, UnsafeRawBufferPointer(byAge))
                } else {
                    batch.delete(.completed, UnsafeRawBufferPointer(byAge))
                    batch.delete(.expiry, UnsafeRawBufferPointer(byExpiry))
                }
            }
            added.sort { $0.isOlder(than: $1) }
            for item in added {
                write(item)
                if item.expires == nil {
                    batch.put(.open, UnsafeRawBufferPointer(byAge), nothing)
                } else {
                    batch.put(.completed, UnsafeRawBufferPointer(byAge), UnsafeRawBufferPointer(byExpiry))
                }
            }
            added.sort { $0.expiresEarlier(than: $1) }
            for item in added where item.expires != nil {
                write(item)
                batch.put(.expiry, UnsafeRawBufferPointer(byExpiry), UnsafeRawBufferPointer(byAge))
            }
        }
        removed.removeAll(keepingCapacity: true)
        added.removeAll(keepingCapacity: true)
    }
}

extension IndexChanges.Item {
    fileprivate init(_ entry: IndexEntry, of id: RecordID) {
        switch entry {
        case .open(let created): self.init(id: id, created: created, expires: nil)
        case .completed(let created, let expires): self.init(id: id, created: created, expires: expires)
        }
    }

    /// Whether the key by age comes first.
    fileprivate func isOlder(than other: Self) -> Bool {
        created != other.created ? created < other.created : id.precedes(other.id)
    }

    /// Whether the key by expiry comes first; open records, which have none, come before all.
    fileprivate func expiresEarlier(than other: Self) -> Bool {
        guard let expires else { return other.expires != nil }
        guard let otherExpires = other.expires else { return false }
        return expires != otherExpires ? expires < otherExpires : id.precedes(other.id)
    }
}

extension RecordID {
    /// Whether the key of this id comes first. Two different ids nearly always differ in their first word.
    fileprivate func precedes(_ other: RecordID) -> Bool {
        let (a, b) = (digest.words, other.digest.words)
        return (a.0, a.1, a.2, a.3) < (b.0, b.1, b.2, b.3)
    }
}

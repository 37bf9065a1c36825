import CRocksDB

/// Changes that are written together or not at all.
final class WriteBatch {
    /// RocksDB's own.
    let handle: OpaquePointer
    private let database: Database

    /// An empty batch for a database.
    init(_ database: Database) {
        guard let handle = rocksdb_writebatch_create() else {
            preconditionFailure("RocksDB makes a batch or ends the process")
        }
        self.handle = handle
        self.database = database
    }

    deinit {
        rocksdb_writebatch_destroy(handle)
    }

    /// Whether there is nothing in it.
    var isEmpty: Bool { rocksdb_writebatch_count(handle) == 0 }

    /// Empties it.
    func clear() { rocksdb_writebatch_clear(handle) }

    /// Puts a value under a key.
    func put(_ family: Family, _ key: [UInt8], _ value: [UInt8]) {
        key.withUnsafeBytes { key in
            value.withUnsafeBytes { put(family, key, $0) }
        }
    }

    /// Puts a value under a key.
    func put(_ family: Family, _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        rocksdb_writebatch_put_cf(
            handle, database.family(family), key.characters, key.count, value.characters, value.count)
    }

    /// Deletes a key.
    func delete(_ family: Family, _ key: [UInt8]) {
        key.withUnsafeBytes { delete(family, $0) }
    }

    /// Deletes a key.
    func delete(_ family: Family, _ key: UnsafeRawBufferPointer) {
        rocksdb_writebatch_delete_cf(handle, database.family(family), key.characters, key.count)
    }

    /// Deletes a key that was put exactly once since it was last deleted: both entries then vanish together.
    ///
    /// Never to be mixed with `delete` in one family, nor used where a compaction filter makes deletions of its own.
    func deleteOnce(_ family: Family, _ key: UnsafeRawBufferPointer) {
        rocksdb_writebatch_singledelete_cf(handle, database.family(family), key.characters, key.count)
    }
}

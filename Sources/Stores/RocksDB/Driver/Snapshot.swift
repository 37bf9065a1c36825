import CRocksDB

/// One state of the database, for reading at leisure while others write.
final class Snapshot {
    /// The database.
    let database: Database
    /// How to read this state.
    let options: OpaquePointer

    private let snapshot: OpaquePointer?

    /// The present state. What is read does not push the records of the hot path out of the cache.
    init(_ database: Database) {
        self.database = database
        guard let options = rocksdb_readoptions_create() else {
            preconditionFailure("RocksDB makes its options or ends the process")
        }
        self.options = options
        snapshot = rocksdb_create_snapshot(database.handle)
        rocksdb_readoptions_set_snapshot(options, snapshot)
        rocksdb_readoptions_set_fill_cache(options, 0)
        // Records lie in a hash table before they lie in files: whoever walks through them says that the order counts.
        rocksdb_readoptions_set_total_order_seek(options, 1)
    }

    deinit {
        rocksdb_readoptions_destroy(options)
        rocksdb_release_snapshot(database.handle, snapshot)
    }
}

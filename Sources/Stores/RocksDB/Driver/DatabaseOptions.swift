import CRocksDB
import Idempotency

/// How RocksDB is set up, family by family.
///
/// The objects here are RocksDB's; they must outlive the database that is opened with them.
final class DatabaseOptions {
    /// Of every family, in the order of `Family`; those of the first hold for the whole database.
    let families: [OpaquePointer]

    /// How much buffer there is for each place in the hash table of the records: a record or two, so that few share a
    /// place, while the table takes a sixty-fourth of the buffer.
    private static let bytesPerBucket = 512

    private let filters: [CompactionFilter]
    private let cache: OpaquePointer

    /// The options of a store.
    ///
    /// - Parameter makes: Whether to make the database where there is none; otherwise a missing file is an error.
    init(_ configuration: RocksDBStore.Configuration, filter: ExpiryFilter, makes: Bool) throws(RocksDBFailure) {
        let cache = Self.made(rocksdb_cache_create_lru(max(configuration.cacheSize, 1 << 20)))
        let filters = [Family.records, .completed, .expiry].map { ($0, CompactionFilter(filter, for: $0)) }
        var families: [OpaquePointer] = []
        for family in Family.allCases {
            let base = Self.made(rocksdb_options_create())
            Self.setDatabase(base, configuration, makes: makes)
            Self.setFamily(base, family, configuration)
            Self.setTables(base, family, cache: cache)
            for case (family, let filter) in filters { rocksdb_options_set_compaction_filter(base, filter.handle) }
            families.append(base)
        }
        self.families = families
        self.filters = filters.map(\.1)
        self.cache = cache
    }

    deinit {
        for family in families { rocksdb_options_destroy(family) }
        rocksdb_cache_destroy(cache)
    }

    private static func setDatabase(
        _ options: OpaquePointer, _ configuration: RocksDBStore.Configuration, makes: Bool
    ) {
        rocksdb_options_set_create_if_missing(options, makes ? 1 : 0)
        rocksdb_options_set_create_missing_column_families(options, makes ? 1 : 0)
        rocksdb_options_set_paranoid_checks(options, 1)
        // A log that ends in the middle of a write is what a crash leaves; damage anywhere else is refused. The default
        // would open as if what comes behind the damage, answered long ago, had never been.
        rocksdb_options_set_wal_recovery_mode(options, Int32(rocksdb_tolerate_corrupted_tail_records_recovery))
        rocksdb_options_set_db_write_buffer_size(options, max(configuration.writeBufferSize, 1 << 20))
        // Bounds how much log is read at a start, when a family that is seldom written keeps old logs needed.
        rocksdb_options_set_max_total_wal_size(options, UInt64(max(configuration.writeBufferSize, 1 << 20)) * 2)
        rocksdb_options_set_max_open_files(options, 500)
        rocksdb_options_set_max_background_jobs(options, Int32(max(configuration.backgroundJobs, 1)))
        // Written files go to the disk in pieces, so that a sync of the log does not wait for all of them at once.
        rocksdb_options_set_bytes_per_sync(options, 1 << 20)
        // Only what is written at a start. A line that a full disk does not take makes the next one end the process,
        // where RocksDB was built with its assertions, as Debian does; whatever fails is told to the caller anyway.
        rocksdb_options_set_info_log_level(options, Int32(4))
        rocksdb_options_set_keep_log_file_num(options, 5)
        rocksdb_options_set_max_log_file_size(options, 4 << 20)
        rocksdb_options_set_stats_dump_period_sec(options, 0)
        // The table in memory of the records takes one write at a time, which is all that the one writing thread has.
        rocksdb_options_set_allow_concurrent_memtable_write(options, 0)
    }

    private static func setFamily(
        _ options: OpaquePointer, _ family: Family, _ configuration: RocksDBStore.Configuration
    ) {
        let whole = max(configuration.writeBufferSize, 1 << 20)
        switch family {
        case .records:
            rocksdb_options_set_write_buffer_size(options, whole / 2)
            // Records are looked up by whole ids and never walked through, so what is not in files yet lies in a hash
            // table. In a list by order, every write walks down a dozen places all over the buffer. The order is made
            // when the buffer becomes a file, in the background.
            rocksdb_options_set_prefix_extractor(
                options, rocksdb_slicetransform_create_fixed_prefix(RecordID.keySize))
            rocksdb_options_set_hash_link_list_rep(options, whole / 2 / Self.bytesPerBucket)
        // Completions take back what claims put here, nearly always while both are in memory: a small buffer keeps the
        // list of open records short to read.
        case .open: rocksdb_options_set_write_buffer_size(options, whole / 16)
        case .completed, .expiry: rocksdb_options_set_write_buffer_size(options, whole / 8)
        case .counters: rocksdb_options_set_write_buffer_size(options, 1 << 20)
        }
        rocksdb_options_set_level_compaction_dynamic_level_bytes(options, 1)
        rocksdb_options_set_target_file_size_base(options, 32 << 20)
        rocksdb_options_set_max_bytes_for_level_base(options, 256 << 20)
        rocksdb_options_set_compression(options, Int32(rocksdb_no_compression))
        rocksdb_options_set_bottommost_compression(options, Int32(rocksdb_lz4_compression))
    }

    private static func setTables(_ options: OpaquePointer, _ family: Family, cache: OpaquePointer) {
        let tables = Self.made(rocksdb_block_based_options_create())
        defer { rocksdb_block_based_options_destroy(tables) }
        rocksdb_block_based_options_set_block_cache(tables, cache)
        // Indexes and filters count towards the cache: the memory stays bounded however many keys there are.
        rocksdb_block_based_options_set_cache_index_and_filter_blocks(tables, 1)
        rocksdb_block_based_options_set_cache_index_and_filter_blocks_with_high_priority(tables, 1)
        rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(tables, 1)
        rocksdb_block_based_options_set_format_version(tables, 5)
        if family == .records {
            // Ten bits a key: of a hundred look-ups of a new key, 99 need no block. The policy belongs to the tables.
            rocksdb_block_based_options_set_filter_policy(tables, rocksdb_filterpolicy_create_bloom_full(10))
        }
        rocksdb_options_set_block_based_table_factory(options, tables)
    }

    private static func made(_ pointer: OpaquePointer?) -> OpaquePointer {
        guard let pointer else { preconditionFailure("RocksDB makes its options or ends the process") }
        return pointer
    }
}

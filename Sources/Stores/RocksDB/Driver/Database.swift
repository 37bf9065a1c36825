import CRocksDB
import Idempotency

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An open database: closed when the last reference goes, and only then is its directory given up.
///
/// `@unchecked Sendable`: RocksDB's functions may be called from any thread, and the handles never change.
final class Database: @unchecked Sendable {
    /// The database.
    let handle: OpaquePointer
    /// What compaction is asked.
    let filter: ExpiryFilter

    private let families: [OpaquePointer]
    private let options: DatabaseOptions
    private let lock: DirectoryLock

    /// Opens the database in a directory whose lock is held.
    init(
        _ directory: String, configuration: RocksDBStore.Configuration, makes: Bool, lock: DirectoryLock
    ) throws(RocksDBFailure) {
        let filter = ExpiryFilter()
        let options = try DatabaseOptions(configuration, filter: filter, makes: makes)
        let count = Family.allCases.count
        let copies = Family.allCases.map { strdup($0.name) }
        defer { for copy in copies { free(copy) } }
        let names: [UnsafePointer<CChar>?] = copies.map { UnsafePointer($0) }
        var handles = [OpaquePointer?](repeating: nil, count: count)
        let all: [OpaquePointer?] = options.families
        let opened = try RocksDBFailure.check { failure in
            rocksdb_open_column_families(options.families[0], directory, Int32(count), names, all, &handles, failure)
        }
        guard let opened else { throw RocksDBFailure("RocksDB opened nothing") }
        handle = opened
        families = handles.compactMap { $0 }
        self.filter = filter
        self.options = options
        self.lock = lock
    }

    deinit {
        rocksdb_cancel_all_background_work(handle, 1)
        for family in families { rocksdb_column_family_handle_destroy(family) }
        rocksdb_close(handle)
    }

    /// The handle of a family.
    func family(_ family: Family) -> OpaquePointer { families[family.rawValue] }

    /// The families of the database in a directory, without opening it.
    static func families(in directory: String) throws(RocksDBFailure) -> [String] {
        let options = rocksdb_options_create()
        defer { rocksdb_options_destroy(options) }
        var count = 0
        let names = try RocksDBFailure.check { rocksdb_list_column_families(options, directory, &count, $0) }
        guard let names else { return [] }
        defer { rocksdb_list_column_families_destroy(names, count) }
        return (0..<count).compactMap { names[$0].map { String(cString: $0) } }
    }

    /// Writes all of a batch or nothing of it.
    ///
    /// - Parameter isSynced: Whether to wait until it is on the disk; it is then not taken back by a power cut.
    func write(_ batch: WriteBatch, isSynced: Bool) throws(RocksDBFailure) {
        let options = rocksdb_writeoptions_create()
        defer { rocksdb_writeoptions_destroy(options) }
        rocksdb_writeoptions_set_sync(options, isSynced ? 1 : 0)
        try RocksDBFailure.check { rocksdb_write(handle, options, batch.handle, $0) }
    }

    /// Hands the value of one key to `body`, or `nil` where there is none.
    func value<Result>(
        _ family: Family, _ key: [UInt8], options: OpaquePointer,
        _ body: (UnsafeRawBufferPointer?) throws -> Result
    ) throws -> Result {
        let slice = try key.withUnsafeBytes { key throws(RocksDBFailure) in
            try RocksDBFailure.check { failure in
                rocksdb_get_pinned_cf(
                    handle, options, self.family(family), key.characters, key.count, failure)
            }
        }
        guard let slice else { return try body(nil) }
        defer { rocksdb_pinnableslice_destroy(slice) }
        return try body(UnsafeRawBufferPointer(pinned: slice))
    }
}

extension UnsafeRawBufferPointer {
    /// The bytes as C's characters.
    var characters: UnsafePointer<CChar>? { baseAddress?.assumingMemoryBound(to: CChar.self) }

    /// The bytes that RocksDB has pinned.
    init(pinned slice: OpaquePointer) {
        var count = 0
        let start = rocksdb_pinnableslice_value(slice, &count)
        self.init(start: start, count: count)
    }
}

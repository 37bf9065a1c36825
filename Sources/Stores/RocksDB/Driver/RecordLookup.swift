import CRocksDB
import Idempotency

/// Looks many records up at once, in one call.
final class RecordLookup {
    private let database: Database
    private let options: OpaquePointer
    private var keys: [UInt8] = []
    private var values: [OpaquePointer?] = []
    private var failures: [UnsafeMutablePointer<CChar>?] = []

    /// For look-ups in the newest state of a database.
    init(_ database: Database) {
        self.database = database
        guard let options = rocksdb_readoptions_create() else {
            preconditionFailure("RocksDB makes its options or ends the process")
        }
        self.options = options
    }

    deinit {
        rocksdb_readoptions_destroy(options)
    }

    /// What lies under each id, expired records too: the record, nothing, or why it cannot be told.
    func find(_ ids: [RecordID]) -> [Result<StoredRecord?, StoreError>] {
        guard !ids.isEmpty else { return [] }
        prepare(ids)
        let sizes = [Int](repeating: RecordID.keySize, count: ids.count)
        keys.withUnsafeBytes { keys in
            let places: [UnsafePointer<CChar>?] = ids.indices.map { keys.characters! + $0 * RecordID.keySize }
            rocksdb_batched_multi_get_cf(
                database.handle, options, database.family(.records), ids.count, places, sizes, &values, &failures,
                false)
        }
        return ids.indices.map { take($0, ids[$0]) }
    }

    private func prepare(_ ids: [RecordID]) {
        keys = [UInt8](unsafeUninitializedCapacity: ids.count * RecordID.keySize) { target, count in
            let bytes = UnsafeMutableRawBufferPointer(target)
            for (index, id) in ids.enumerated() { id.write(to: bytes, at: index * RecordID.keySize) }
            count = ids.count * RecordID.keySize
        }
        values = [OpaquePointer?](repeating: nil, count: ids.count)
        failures = [UnsafeMutablePointer<CChar>?](repeating: nil, count: ids.count)
    }

    private func take(_ index: Int, _ id: RecordID) -> Result<StoredRecord?, StoreError> {
        if let text = failures[index] {
            return .failure(RocksDBFailure(taking: text).storeError(.notApplied))
        }
        guard let slice = values[index] else { return .success(nil) }
        defer { rocksdb_pinnableslice_destroy(slice) }
        do {
            return .success(try RecordCoding.decode(UnsafeRawBufferPointer(pinned: slice), id: id))
        } catch {
            return .failure(error.error)
        }
    }
}

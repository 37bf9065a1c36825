import CRocksDB
import Idempotency

/// Walks through the keys of a family in their order.
final class Scan {
    private let iterator: OpaquePointer

    /// Stands on the first key that is `lower` or behind it.
    ///
    /// - Parameter options: As what the family is read; must outlive this object.
    init(_ database: Database, _ family: Family, from lower: [UInt8], options: OpaquePointer) {
        guard let iterator = rocksdb_create_iterator_cf(database.handle, options, database.family(family)) else {
            preconditionFailure("RocksDB makes an iterator or ends the process")
        }
        self.iterator = iterator
        lower.withUnsafeBytes { rocksdb_iter_seek(iterator, $0.characters, $0.count) }
    }

    deinit {
        rocksdb_iter_destroy(iterator)
    }

    /// The key that it stands on, until it moves; `nil` behind the last.
    ///
    /// - Throws: What kept RocksDB from reading on; only then is the end not the end.
    func key() throws(RocksDBFailure) -> UnsafeRawBufferPointer? {
        guard rocksdb_iter_valid(iterator) != 0 else {
            try RocksDBFailure.check { rocksdb_iter_get_error(iterator, $0) }
            return nil
        }
        var count = 0
        let start = rocksdb_iter_key(iterator, &count)
        return UnsafeRawBufferPointer(start: start, count: count)
    }

    /// The value of the key that it stands on, until it moves.
    var value: UnsafeRawBufferPointer {
        var count = 0
        let start = rocksdb_iter_value(iterator, &count)
        return UnsafeRawBufferPointer(start: start, count: count)
    }

    /// Goes on to the next key.
    func next() { rocksdb_iter_next(iterator) }
}

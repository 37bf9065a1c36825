import Idempotency
import StoreTestParts

@testable import IdempotencyRocksDB

/// The database of a closed store, opened behind its back.
struct RawDatabase {
    let database: Database

    init(_ directory: TestDirectory) throws {
        let path = directory.file("once")
        database = try Database(
            path, configuration: RocksDBStore.Configuration(), makes: false, lock: try DirectoryLock(path))
    }

    /// A database that is open.
    init(open database: Database) {
        self.database = database
    }

    /// Puts `change` of the present value in its place.
    func alter(_ family: Family, _ key: [UInt8], _ change: (inout [UInt8]) -> Void) throws {
        let snapshot = Snapshot(database)
        var value = try database.value(family, key, options: snapshot.options) { $0.map(Array.init) ?? [] }
        change(&value)
        let batch = WriteBatch(database)
        batch.put(family, key, value)
        try database.write(batch, isSynced: true)
    }

    /// How many entries a family has.
    func count(_ family: Family) throws -> Int {
        let snapshot = Snapshot(database)
        let scan = Scan(database, family, from: [], options: snapshot.options)
        var count = 0
        while try scan.key() != nil {
            count += 1
            scan.next()
        }
        return count
    }
}

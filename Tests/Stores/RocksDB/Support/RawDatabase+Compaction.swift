import CRocksDB
import Idempotency

@testable import IdempotencyRocksDB

extension RawDatabase {
    /// Rewrites all files, and lets go what expired long enough before `time`.
    func compact(at time: Timestamp) {
        database.filter.advance(to: time)
        let options = rocksdb_compactoptions_create()
        defer { rocksdb_compactoptions_destroy(options) }
        // Also what lies at the bottom already.
        rocksdb_compactoptions_set_bottommost_level_compaction(options, 2)
        for family in Family.allCases {
            rocksdb_compact_range_cf_opt(database.handle, database.family(family), options, nil, 0, nil, 0)
        }
    }
}

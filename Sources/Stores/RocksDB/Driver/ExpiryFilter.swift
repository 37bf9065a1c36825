import CRocksDB
import Idempotency
import Synchronization

/// What compaction asks about every entry that it copies: whether to leave it out because it has expired.
///
/// So expired records cost no deletion: they fall away when their files are rewritten. Called on RocksDB's threads,
/// also at the same time. Only completed records that are whole and expired at least `delay` before the horizon are
/// left out; running ones, doubts, and whatever cannot be understood stay.
final class ExpiryFilter: Sendable {
    /// How long an expired record stays at least, so that a clock that is set back a little finds it again.
    static let delay = Duration.seconds(600)

    private let horizon = Atomic<Int64>(.min)
    private let removals = Atomic<Int>(0)

    /// How many records were left out so far.
    var removed: Int { removals.load(ordering: .relaxed) }

    /// Lets entries go that expired `delay` before this.
    func advance(to time: Timestamp) {
        horizon.store((time + (.zero - Self.delay)).microseconds, ordering: .relaxed)
    }

    /// Whether an entry is to be left out.
    func removes(_ family: Family, key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) -> Bool {
        let horizon = Timestamp(microseconds: horizon.load(ordering: .relaxed))
        switch family {
        case .records:
            guard key.count == RecordID.keySize,
                RecordCoding.hasExpired(value, id: RecordID(key: key), by: horizon)
            else { return false }
            removals.add(1, ordering: .relaxed)
            return true
        case .completed: return IndexKey.time(of: value).map { $0 <= horizon } ?? false
        case .expiry: return IndexKey.time(of: key).map { $0 <= horizon } ?? false
        case .counters, .open: return false
        }
    }
}

/// An `ExpiryFilter` in the form that RocksDB calls, for one family. Must outlive the database.
final class CompactionFilter {
    /// RocksDB's own.
    let handle: OpaquePointer

    private final class State {
        let filter: ExpiryFilter
        let family: Family

        init(_ filter: ExpiryFilter, _ family: Family) {
            self.filter = filter
            self.family = family
        }
    }

    private static let name = StaticString("once.expiry")

    /// A filter of one family.
    init(_ filter: ExpiryFilter, for family: Family) {
        let state = Unmanaged.passRetained(State(filter, family))
        let made = rocksdb_compactionfilter_create(
            state.toOpaque(),
            { state in state.map { Unmanaged<State>.fromOpaque($0).release() } },
            { state, _, key, keyCount, value, valueCount, _, _, _ in
                guard let state else { return 0 }
                let asked = Unmanaged<State>.fromOpaque(state).takeUnretainedValue()
                let removes = asked.filter.removes(
                    asked.family, key: UnsafeRawBufferPointer(start: key, count: keyCount),
                    value: UnsafeRawBufferPointer(start: value, count: valueCount))
                return removes ? 1 : 0
            },
            { _ in UnsafeRawPointer(CompactionFilter.name.utf8Start).assumingMemoryBound(to: CChar.self) })
        guard let made else { preconditionFailure("RocksDB makes a compaction filter or ends the process") }
        handle = made
    }

    deinit {
        rocksdb_compactionfilter_destroy(handle)
    }
}

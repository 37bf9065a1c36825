import CRocksDB
import Idempotency
import IdempotencyEmbedded
import Logging

/// The steps that lead from a directory to an open store, each of which can say what is wrong.
struct StoreOpening: Sendable {
    let directory: String
    let configuration: RocksDBStore.Configuration
    let logger: Logger
    /// What the disk has left, or `nil` to ask the system.
    let space: FreeSpace?

    /// Opens the store for writing and for reading. Blocks.
    func open() throws(StoreError) -> (context: StoreContext, database: Database, lastFence: Fence) {
        let place = StoreDirectory(path: directory)
        try place.check(acceptsNetworkFileSystem: configuration.acceptsNetworkFileSystem)
        let boot = try configuration.clock.bootID(requiredBy: RocksDBStore.kind)
        do {
            let lock = try place.lock()
            let marker = try place.claim()
            let database = try open(marker, lock: lock)
            let counters = try begin(database, isNew: marker == .making)
            if marker == .making { try place.mark(.made(format: FormatMarker.currentFormat)) }
            warn()
            let context = StoreContext(
                directory: directory, configuration: configuration, logger: logger,
                holder: StoredRecord.Holder(instance: counters.instance, boot: summary(of: boot)),
                space: space ?? FreeSpace(at: directory), filter: database.filter)
            return (context, database, counters.fence)
        } catch {
            throw explain(error)
        }
    }

    private func open(_ marker: FormatMarker, lock: DirectoryLock) throws -> Database {
        let makes = marker == .making
        if !makes {
            let found = try Database.families(in: directory)
            let missing = Family.allCases.map(\.name).filter { !found.contains($0) }
            guard missing.isEmpty, found.count == Family.allCases.count else {
                throw StoreError(
                    .corrupt,
                    "\(directory) holds a RocksDB database of another program (its column families are "
                        + "\(found.joined(separator: ", "))); name another directory. Nothing was changed.",
                    effect: .notApplied)
            }
        }
        return try Database(directory, configuration: configuration, makes: makes, lock: lock)
    }

    /// Reads what the store knows about itself, and enters this opening under the next number.
    private func begin(_ database: Database, isNew: Bool) throws -> (fence: Fence, instance: UInt64) {
        let options = rocksdb_readoptions_create()
        defer { rocksdb_readoptions_destroy(options) }
        guard let options else { preconditionFailure("RocksDB makes its options or ends the process") }
        func counter(_ key: [UInt8]) throws -> UInt64 {
            try database.value(.counters, key, options: options) { value in
                if let value, let number = Counter.decode(value, key: key) { return number }
                // A store that was not made to its end has answered nobody.
                guard value == nil, isNew else {
                    throw RecordCoding.Damage(part: String(decoding: key, as: UTF8.self))
                }
                return 0
            }
        }
        let fence = try counter(Counter.fence)
        let instance = try counter(Counter.instance) + 1
        let batch = WriteBatch(database)
        batch.put(.counters, Counter.fence, Counter.encode(fence, key: Counter.fence))
        batch.put(.counters, Counter.instance, Counter.encode(instance, key: Counter.instance))
        try database.write(batch, isSynced: true)
        return (Fence(fence), instance)
    }

    private func summary(of boot: String) -> UInt64 {
        Array(boot.utf8).withUnsafeBytes { Checksum.of($0) }
    }

    private func warn() {
        guard configuration.synchronous != .full else { return }
        logger.warning(
            "The RocksDB store does not wait for the disk: after a power cut, operations may run twice",
            metadata: ["idempotency.synchronous": "\(configuration.synchronous)"])
    }

    private var refusal: OpeningRefusal { OpeningRefusal(place: directory) }

    /// Any error as whoever opens the store sees it: with the directory, and with what can be done.
    private func explain(_ error: any Error) -> StoreError {
        switch error {
        case let error as StoreError:
            return error
        case let error as SystemFailure:
            return refusal(.misuse, "\(directory) cannot be used (\(error))", error)
        case let damage as RecordCoding.Damage:
            return refusal(
                .corrupt,
                "\(directory) is damaged (\(damage.part)); restore it from a backup or name another directory",
                damage)
        case let failure as RocksDBFailure:
            return explain(failure)
        default:
            return refusal.other(error)
        }
    }

    private func explain(_ failure: RocksDBFailure) -> StoreError {
        switch failure.kind {
        case .noSpace:
            refusal.full(failure)
        case .corruption, .invalidArgument:
            refusal(
                .corrupt,
                "\(directory) is damaged, or a newer version of RocksDB wrote it; restore it from a backup or name "
                    + "another directory (RocksDB says: \(failure))", failure)
        case .permission:
            refusal(
                .misuse, "\(directory) cannot be written; look at the permissions of the files in it (\(failure))",
                failure)
        case .locked:
            refusal(.unavailable, "\(directory) is in use by another process; end that one first (\(failure))", failure)
        case .other:
            refusal.other(failure)
        }
    }
}

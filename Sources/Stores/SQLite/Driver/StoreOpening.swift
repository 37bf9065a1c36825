import GRDB
import Idempotency
import IdempotencyEmbedded
import Logging

/// The steps that lead from a path to an open store, each of which can say what is wrong.
struct StoreOpening: Sendable {
    let path: String
    let configuration: SQLiteStore.Configuration
    let logger: Logger

    /// Opens the database for writing and for reading. Blocks; one process at a time does this.
    func open() throws(StoreError) -> (StoreWorker, DatabaseQueue) {
        let place = StorePlace(path: path)
        try place.check(acceptsNetworkFileSystem: configuration.acceptsNetworkFileSystem)
        let boot = try configuration.clock.bootID(requiredBy: SQLiteStore.kind)
        try place.makeFile()
        do {
            let lock = try InstanceLock(beside: FilePlace.resolved(path))
            let limit = Int(configuration.busyTimeout / .milliseconds(1))
            return try lock.alone(within: limit) {
                try open(boot: boot, lock: lock)
            }
        } catch {
            throw explain(error)
        }
    }

    private func open(boot: String, lock: InstanceLock) throws -> (StoreWorker, DatabaseQueue) {
        let patience = BusyPatience(limit: configuration.busyTimeout)
        let writer = try DatabaseQueue(path: path, configuration: grdb(patience, label: "once.sqlite.writer"))
        try writer.writeWithoutTransaction { db in
            try setPragmas(db)
            try refuseNewerSchema(db)
        }
        var migrator = DatabaseMigrator()
        Schema.register(in: &migrator)
        try migrator.migrate(writer)
        let instance = try writer.write { db in
            try enter(db, boot: boot, lock: lock)
        }
        var reading = grdb(BusyPatience(limit: configuration.busyTimeout), label: "once.sqlite.reader")
        reading.readonly = true
        let reader = try DatabaseQueue(path: path, configuration: reading)
        let context = StoreContext(
            path: path, configuration: configuration, logger: logger, instance: instance, boot: boot, lock: lock,
            patience: patience, statistics: StoreStatistics())
        return (try StoreWorker(writer, context: context), reader)
    }

    private func grdb(_ patience: BusyPatience, label: String) -> Configuration {
        var grdb = Configuration()
        grdb.label = label
        grdb.busyMode = .callback { patience.wait(tries: $0) }
        grdb.foreignKeysEnabled = true
        grdb.prepareDatabase { db in
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
        }
        return grdb
    }

    /// Sets what durability depends on, and reads it back: SQLite ignores what it does not know or cannot do.
    private func setPragmas(_ db: Database) throws {
        try db.execute(
            sql: """
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = \(configuration.synchronous.rawValue);
                PRAGMA fullfsync = ON;
                PRAGMA checkpoint_fullfsync = ON;
                PRAGMA cache_size = -\(Self.cacheKibibytes);
                """)
        let expected = [
            "journal_mode": "wal", "synchronous": "\(configuration.synchronous.rawValue)", "foreign_keys": "1",
            "trusted_schema": "0",
        ]
        for (pragma, value) in expected.sorted(by: { $0.key < $1.key }) {
            let found = try DatabaseValue.fetchOne(db, sql: "PRAGMA \(pragma)").map { answer in
                String.fromDatabaseValue(answer) ?? Int64.fromDatabaseValue(answer).map(String.init) ?? "something else"
            }
            guard found == value else {
                throw StoreError(
                    .misuse,
                    "SQLite answered \(found ?? "nothing") to PRAGMA \(pragma) at \(path), where the store needs "
                        + "\(value); use another disk or another build of SQLite.", effect: .notApplied)
            }
        }
        if let limit = configuration.fileSizeLimit {
            let pageSize = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 4096
            _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(max(limit / pageSize, 1))")
        }
        if configuration.synchronous != .full {
            logger.warning(
                "The SQLite store does not wait for the disk: after a power cut, operations may run twice",
                metadata: ["idempotency.synchronous": "\(configuration.synchronous)"])
        }
    }

    /// How much of the database the writing connection keeps in memory: 32 MiB, the index by id of a million keys.
    /// SQLite's own default of 2 MiB reads most of its pages anew for every claim then.
    private static let cacheKibibytes = 32 * 1024

    private func refuseNewerSchema(_ db: Database) throws {
        let newer = try Schema.newerMigrations(in: db)
        guard newer.isEmpty else {
            throw StoreError(
                .misuse,
                "\(path) was written by a newer version of this program (\(newer.joined(separator: ", "))); upgrade "
                    + "this program or name another file. Nothing was changed.", effect: .notApplied)
        }
    }

    /// Enters this instance under a number of its own, locks it, and forgets the instances that nothing refers to.
    private func enter(_ db: Database, boot: String, lock: InstanceLock) throws -> Int64 {
        try db.execute(
            sql: "INSERT INTO idempotency_instances (boot, lock_file) VALUES (?, ?)",
            arguments: [boot, Int64(bitPattern: lock.file)])
        let instance = db.lastInsertedRowID
        try lock.take(instance)
        let others = try Row.fetchAll(
            db,
            sql: """
                SELECT instance, boot, lock_file FROM idempotency_instances WHERE instance <> ? AND instance NOT IN
                (SELECT instance FROM idempotency_records WHERE expires IS NULL)
                """, arguments: [instance])
        for other in others {
            let isGone =
                other["boot"] as String != boot
                || lock.isFree(other["instance"], in: UInt64(bitPattern: other["lock_file"]))
            guard isGone else { continue }
            try db.execute(
                sql: "DELETE FROM idempotency_instances WHERE instance = ?", arguments: [other["instance"] as Int64])
        }
        return instance
    }

    private var refusal: OpeningRefusal { OpeningRefusal(place: path) }

    /// Any error as whoever opens the store sees it: with the path, and with what can be done.
    private func explain(_ error: any Error) -> StoreError {
        switch error {
        case let error as StoreError:
            return error
        case let error as SystemFailure where error.call == "lock":
            return refusal(
                .unavailable, "Another process is opening \(path) and does not finish; look what it does", error)
        case let error as SystemFailure:
            return refusal(.misuse, "The file of locks beside \(path) cannot be used (\(error))", error)
        case let error as DatabaseError:
            return explain(error)
        default:
            return refusal.other(error)
        }
    }

    private func explain(_ error: DatabaseError) -> StoreError {
        switch error.resultCode {
        case .SQLITE_NOTADB:
            refusal(
                .corrupt, "\(path) is no SQLite database, or is encrypted; name another file. Nothing was changed",
                error)
        case .SQLITE_CORRUPT:
            refusal(.corrupt, "\(path) is damaged; restore it from a backup or name another file", error)
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN, .SQLITE_AUTH:
            refusal(.misuse, "\(path) cannot be written; look at the permissions of the file and its directory", error)
        case .SQLITE_FULL:
            refusal.full(error)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            refusal(.unavailable, "Another process keeps \(path) locked; end it or wait for it", error)
        default:
            refusal.other(error, "SQLite \(error.extendedResultCode.rawValue)")
        }
    }
}

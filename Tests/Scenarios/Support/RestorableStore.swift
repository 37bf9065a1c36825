import Foundation
import GRDB
import Idempotency
import IdempotencyPostgres
import IdempotencyRocksDB
import IdempotencySQLite
import PostgresTestServer
import Synchronization

/// Where a store lies that can be taken back to an older copy, as operators do it.
enum RestorablePlace: Sendable {
    case sqlite(path: String)
    case rocksdb(path: String)
    case postgres(url: String, PostgresServer)

    /// Of which kinds there are such places.
    enum Kind: String, CaseIterable, Sendable {
        case sqlite, rocksdb, postgres
    }

    /// Uses an empty place.
    static func use(_ kind: Kind, _ body: (RestorablePlace) async throws -> Void) async throws {
        try await withFolder { folder in
            switch kind {
            case .sqlite: try await body(.sqlite(path: folder + "/once.db"))
            case .rocksdb: try await body(.rocksdb(path: folder + "/once"))
            case .postgres:
                try await SharedServer.withSchema { url, server in try await body(.postgres(url: url, server)) }
            }
        }
    }

    fileprivate typealias Opened = (store: any ListingStore, close: @Sendable () async -> Void)

    fileprivate func open() async throws -> Opened {
        switch self {
        case .sqlite(let path):
            let store = try await SQLiteStore.open(path, logger: .silent)
            return (store, { await store.close() })
        case .rocksdb(let path):
            let store = try await RocksDBStore.open(path, logger: .silent)
            return (store, { await store.close() })
        case .postgres(let url, _):
            let store = try await PostgresStore.open(url, logger: .silent)
            return (store, { await store.close() })
        }
    }

    /// Makes a copy; nobody has the store open.
    fileprivate func copy() async throws {
        switch self {
        case .sqlite(let path): try DatabaseQueue(path: path).backup(to: DatabaseQueue(path: path + ".copy"))
        case .rocksdb(let path): try FileManager.default.copyItem(atPath: path, toPath: path + ".copy")
        case .postgres(let url, let server):
            try await server.execute(
                """
                CREATE TABLE copied AS TABLE idempotency_records;
                CREATE TABLE copied_fence AS SELECT last_value FROM idempotency_fence
                """, url: url)
        }
    }

    /// Puts the copy in the place of what is there; nobody has the store open.
    fileprivate func putBack() async throws {
        switch self {
        case .sqlite(let path), .rocksdb(let path):
            for file in [path, path + "-wal", path + "-shm"] where FileManager.default.fileExists(atPath: file) {
                try FileManager.default.removeItem(atPath: file)
            }
            try FileManager.default.copyItem(atPath: path + ".copy", toPath: path)
        case .postgres(let url, let server):
            try await server.execute(
                """
                TRUNCATE idempotency_records;
                INSERT INTO idempotency_records TABLE copied;
                SELECT setval('idempotency_fence', last_value) FROM copied_fence
                """, url: url)
        }
    }
}

/// The store in such a place, which processes keep using while it is taken back.
final class RestorableStore: RecordStore {
    private let place: RestorablePlace
    private let current: Mutex<RestorablePlace.Opened>

    init(_ place: RestorablePlace) async throws {
        self.place = place
        current = Mutex(try await place.open())
    }

    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        try await current.withLock { $0.store }.exchange(exchange)
    }

    /// All records.
    func records() async throws -> [RecordPage.Entry] {
        try await current.withLock { $0.store }.records(RecordQuery()).entries
    }

    /// Stops the store, copies it, and starts it again.
    func copy() async throws {
        try await restart { try await place.copy() }
    }

    /// Stops the store, puts the copy back, and starts it again.
    func restore() async throws {
        try await restart { try await place.putBack() }
    }

    func close() async { await current.withLock { $0.close }() }

    private func restart(_ body: () async throws -> Void) async throws {
        await close()
        try await body()
        let opened = try await place.open()
        current.withLock { $0 = opened }
    }
}

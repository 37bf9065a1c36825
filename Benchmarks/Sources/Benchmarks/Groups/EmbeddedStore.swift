import Foundation
import Idempotency
import IdempotencyRocksDB
import IdempotencySQLite
import Logging

/// A kind of store that needs no server.
enum EmbeddedStore: String, CaseIterable {
    case sqlite, rocksdb

    /// What people call it.
    var name: String {
        switch self {
        case .sqlite: "SQLite"
        case .rocksdb: "RocksDB"
        }
    }

    /// The URL of one in a folder, for the gateway.
    func url(in folder: String, name: String) -> String {
        switch self {
        case .sqlite: "sqlite:\(folder)/\(name).db"
        case .rocksdb: "rocksdb:\(folder)/\(name).rocks"
        }
    }

    /// Opens one in a folder.
    func open(in folder: String, name: String) async throws -> OpenedEmbeddedStore {
        let logger = Logger(label: "benchmarks")
        switch self {
        case .sqlite:
            let store = try await SQLiteStore.open("\(folder)/\(name).db", logger: logger)
            return OpenedEmbeddedStore(store: store) { await store.close() }
        case .rocksdb:
            let store = try await RocksDBStore.open("\(folder)/\(name).rocks", logger: logger)
            return OpenedEmbeddedStore(store: store) { await store.close() }
        }
    }
}

/// An open store.
struct OpenedEmbeddedStore {
    /// What the benchmarks need of a store.
    typealias Store = SubmittingStore & SweepingStore

    let store: any Store
    private let closing: () async -> Void

    init(store: any Store, closing: @escaping () async -> Void) {
        self.store = store
        self.closing = closing
    }

    func close() async { await closing() }
}

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

    /// Where one lies in a folder.
    func path(in folder: String, name: String) -> String {
        switch self {
        case .sqlite: "\(folder)/\(name).db"
        case .rocksdb: "\(folder)/\(name).rocks"
        }
    }

    /// The URL of one in a folder, for the gateway.
    func url(in folder: String, name: String) -> String { "\(rawValue):\(path(in: folder, name: name))" }

    /// Opens one in a folder.
    ///
    /// - Parameter isForFilling: Whether nothing is synced and batches are large; all else is the default.
    func open(in folder: String, name: String, isForFilling: Bool = false) async throws -> OpenedStore {
        var logger = Logger(label: "benchmarks")
        if isForFilling { logger.logLevel = .error }
        let path = path(in: folder, name: name)
        switch self {
        case .sqlite:
            var configuration = SQLiteStore.Configuration()
            if isForFilling {
                configuration.synchronous = .off
                configuration.batchLimit = 8192
                configuration.queueLimit = 1 << 20
                configuration.checkpointPages = 50_000
            }
            let store = try await SQLiteStore.open(path, configuration: configuration, logger: logger)
            return OpenedStore(store: store) { await store.close() }
        case .rocksdb:
            var configuration = RocksDBStore.Configuration()
            if isForFilling {
                configuration.synchronous = .off
                configuration.batchLimit = 8192
                configuration.queueLimit = 1 << 20
            }
            let store = try await RocksDBStore.open(path, configuration: configuration, logger: logger)
            return OpenedStore(store: store) { await store.close() }
        }
    }
}

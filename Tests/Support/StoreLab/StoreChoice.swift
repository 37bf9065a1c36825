import ArgumentParser
import Idempotency
import IdempotencyRocksDB
import IdempotencySQLite
import Logging
import OnceTools

/// Which store is worked on.
struct StoreChoice: ParsableArguments {
    /// What a commit waits for. Weaker than full only to see that the harness notices what it costs.
    enum Sync: String, CaseIterable, ExpressibleByArgument {
        case full, normal, off
    }

    @Option(help: "The URL of the store.") var store: String
    @Option(help: "What a commit waits for: full, normal (sqlite: only), off.") var sync = Sync.full

    /// Opens the store.
    func open() async throws -> (store: any OperableStore, close: @Sendable () async -> Void) {
        let logger = Logger(label: "store-lab") { _ in SwiftLogNoOpLogHandler() }
        if sync == .full {
            let opened = try await StoreURL(store).open(for: .serving(orphansLapseAtOnce: false), logger: logger)
            return (opened.store, { await opened.close() })
        }
        let path = String(store.drop { $0 != ":" }.dropFirst())
        switch (store.prefix { $0 != ":" }, sync) {
        case ("sqlite", _):
            var configuration = SQLiteStore.Configuration()
            configuration.orphansLapseAtOnce = false
            configuration.synchronous = sync == .normal ? .normal : .off
            let opened = try await SQLiteStore.open(path, configuration: configuration, logger: logger)
            return (opened, { await opened.close() })
        case ("rocksdb", .off):
            var configuration = RocksDBStore.Configuration()
            configuration.orphansLapseAtOnce = false
            configuration.synchronous = .off
            let opened = try await RocksDBStore.open(path, configuration: configuration, logger: logger)
            return (opened, { await opened.close() })
        default: throw LabError("--sync \(sync) does not go with \(store)")
        }
    }
}

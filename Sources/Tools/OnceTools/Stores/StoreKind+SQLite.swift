import Foundation
import Idempotency
import IdempotencySQLite

extension StoreKind {
    /// Records in an SQLite file.
    static let sqlite = StoreKind("sqlite", form: "sqlite:PATH") { rest, mode, logger in
        guard !rest.isEmpty else { throw UsageError("sqlite: needs the path of a file: sqlite:once.db.") }
        if mode == .maintaining, !FileManager.default.fileExists(atPath: rest) {
            throw StoreError(
                .misuse, "There is no file \(rest). Name the store of the gateway with --store sqlite:PATH.",
                effect: .notApplied)
        }
        var configuration = SQLiteStore.Configuration()
        if case .serving(let orphansLapseAtOnce) = mode { configuration.orphansLapseAtOnce = orphansLapseAtOnce }
        let store = try await SQLiteStore.open(rest, configuration: configuration, logger: logger)
        return OpenedStore(
            store, promise: "An answered write is on the disk: it outlives a crash of the process and a power cut.",
            closing: { await store.close() })
    }
}

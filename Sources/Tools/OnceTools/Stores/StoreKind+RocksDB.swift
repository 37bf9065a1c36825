import Foundation
import Idempotency
import IdempotencyRocksDB

extension StoreKind {
    /// Records in a RocksDB directory.
    static let rocksdb = StoreKind("rocksdb", form: "rocksdb:DIRECTORY") { rest, mode, logger in
        let (directory, options) = try RocksDBOptions.split(rest)
        if mode == .maintaining, !FileManager.default.fileExists(atPath: directory) {
            throw StoreError(
                .misuse,
                "There is no directory \(directory). Name the store of the gateway with --store rocksdb:DIRECTORY.",
                effect: .notApplied)
        }
        var configuration = RocksDBStore.Configuration()
        options.apply(to: &configuration)
        if case .serving(let orphansLapseAtOnce) = mode { configuration.orphansLapseAtOnce = orphansLapseAtOnce }
        let store = try await RocksDBStore.open(directory, configuration: configuration, logger: logger)
        return OpenedStore(
            store, promise: "An answered write is on the disk: it outlives a crash of the process and a power cut.",
            closing: { await store.close() })
    }
}

/// What may stand behind the directory in the URL: `?cache=256MiB&buffers=64MiB&reserve=1GiB`.
struct RocksDBOptions: Hashable {
    private var sizes: [String: Int] = [:]

    private static let allowed = ["buffers", "cache", "reserve"]

    /// Takes the directory and the options apart.
    static func split(_ rest: String) throws -> (directory: String, options: RocksDBOptions) {
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let directory = parts.first, !directory.isEmpty else {
            throw UsageError("rocksdb: needs the path of a directory: rocksdb:once.rocksdb.")
        }
        var options = RocksDBOptions()
        for item in parts.dropFirst().flatMap({ $0.split(separator: "&") }) {
            let pair = item.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2, allowed.contains(pair[0]) else {
                throw UsageError(
                    "rocksdb: \"\(item)\" is no option of the store. Allowed: "
                        + allowed.map { "\($0)=SIZE" }.joined(separator: ", ") + ".")
            }
            guard let size = SizeText.parse(pair[1]) else {
                throw UsageError("rocksdb: \(pair[0]): \"\(pair[1])\" is not allowed. Allowed: \(SizeText.allowed).")
            }
            options.sizes[pair[0]] = size
        }
        return (String(directory), options)
    }

    /// Changes what is said, and leaves the rest as it is.
    func apply(to configuration: inout RocksDBStore.Configuration) {
        if let size = sizes["cache"] { configuration.cacheSize = size }
        if let size = sizes["buffers"] { configuration.writeBufferSize = size }
        if let size = sizes["reserve"] { configuration.freeSpaceReserve = size }
    }
}

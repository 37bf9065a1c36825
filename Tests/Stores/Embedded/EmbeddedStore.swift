import Idempotency
import IdempotencyRocksDB
import IdempotencySQLite
import StoreTestParts
import Testing

/// The stores that live in the process: the same is asked of all of them.
enum EmbeddedStore: String, CaseIterable, CustomTestStringConvertible, Sendable {
    case sqlite, rocksdb

    var testDescription: String { rawValue }

    /// How another process is told of the store in a directory.
    func url(in directory: TestDirectory) -> String { "\(rawValue):\(path(in: directory))" }

    private func path(in directory: TestDirectory) -> String {
        switch self {
        case .sqlite: directory.file()
        case .rocksdb: directory.file("once")
        }
    }

    /// What a test may ask to be otherwise.
    struct Settings {
        var clock: any MachineClock = .machine
        var queueLimit = 16_384
        var recordLimit = 16 << 20
        var orphansLapseAtOnce = true
    }

    /// Opens the store in a directory, in the same place every time.
    func open(
        in directory: TestDirectory, clock: any MachineClock = .machine, _ change: (inout Settings) -> Void = { _ in }
    ) async throws -> any ClosableStore {
        var settings = Settings(clock: clock)
        change(&settings)
        switch self {
        case .sqlite:
            var configuration = SQLiteStore.Configuration()
            configuration.clock = settings.clock
            configuration.queueLimit = settings.queueLimit
            configuration.recordLimit = settings.recordLimit
            configuration.orphansLapseAtOnce = settings.orphansLapseAtOnce
            return try await SQLiteStore.open(path(in: directory), configuration: configuration, logger: silent)
        case .rocksdb:
            var configuration = RocksDBStore.Configuration()
            configuration.clock = settings.clock
            configuration.queueLimit = settings.queueLimit
            configuration.recordLimit = settings.recordLimit
            configuration.orphansLapseAtOnce = settings.orphansLapseAtOnce
            return try await RocksDBStore.open(path(in: directory), configuration: configuration, logger: silent)
        }
    }
}

/// A store with all abilities that can be closed, and that counts its batches.
protocol ClosableStore: SubmittingStore, ListingStore, SweepingStore {
    /// How many exchanges were answered, in how many batches.
    var work: (exchanges: Int, batches: Int) { get }

    func close() async
}

extension SQLiteStore: ClosableStore {
    var work: (exchanges: Int, batches: Int) { (statistics.exchanges, statistics.batches) }
}

extension RocksDBStore: ClosableStore {
    var work: (exchanges: Int, batches: Int) { (statistics.exchanges, statistics.batches) }
}

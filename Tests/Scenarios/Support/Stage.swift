import Foundation
import Idempotency
import IdempotencyRocksDB
import IdempotencySQLite
import IdempotencyTestKit
import Logging

/// What a scenario is played on: a store on a clock that the test moves, faults in front of it, and a ledger behind the
/// operation. Every `Once` that is made here stands for a process of its own.
final class Stage: Sendable {
    static let lease = Duration.seconds(30)
    static let retention = Duration.seconds(24 * 3600)

    /// The clock of the store and of every process.
    let time: ManualClock
    /// What the processes talk to: faults, then a recording of what came through, then the store.
    let store: FaultyStore<RecordingStore<BackingStore>>
    let ledger = EffectLedger()
    let key: IdempotencyKey
    let scope: Scope = "scenario"

    private init(_ base: any SubmittingStore & ListingStore & SweepingStore, _ time: ManualClock) throws {
        self.time = time
        store = FaultyStore(RecordingStore(BackingStore(base: base)), timer: .manual(time))
        key = try IdempotencyKey("order-1")
    }

    /// Plays a scene on an empty store.
    static func play(on backing: Backing, _ scene: (Stage) async throws -> Void) async throws {
        let time = ManualClock()
        switch backing {
        case .memory:
            try await scene(Stage(MemoryStore(clock: time), time))
        case .sqlite:
            try await withFolder { folder in
                var configuration = SQLiteStore.Configuration()
                configuration.clock = StageClock(wall: time, boot: time)
                let store = try await SQLiteStore.open(
                    folder + "/once.db", configuration: configuration, logger: .silent)
                try await scene(Stage(store, time))
                await store.close()
            }
        case .rocksdb:
            try await withFolder { folder in
                var configuration = RocksDBStore.Configuration()
                configuration.clock = StageClock(wall: time, boot: time)
                let store = try await RocksDBStore.open(
                    folder + "/once", configuration: configuration, logger: .silent)
                try await scene(Stage(store, time))
                await store.close()
            }
        }
    }

    /// A process; its clock is that of the stage unless it gets one of its own.
    func process(
        _ interrupted: Interrupted = .hold, clock: ManualClock? = nil,
        _ change: (inout Once.Configuration) -> Void = { _ in }
    ) -> Once {
        var configuration = Once.Configuration()
        configuration.lease = Self.lease
        configuration.retention = Self.retention
        configuration.storableErrors = [Declined.self]
        change(&configuration)
        return Once(store: store, interrupted: interrupted, configuration: configuration, clock: (clock ?? time).local)
    }

    /// What is asked, as the engine sees it.
    var request: Request { Request(id: RecordID(scope: scope, key: key), fingerprint: Fingerprint(asking: "10 EUR")) }

    /// The record that is left.
    func record() async throws -> Record? {
        try await store.base.record(request.id).record
    }

    /// Lets time pass once so many sleep on the clock.
    func passes(_ duration: Duration, whenAsleep sleepers: Int = 1) async throws {
        try await eventually("\(sleepers) sleepers, not \(time.waiting)") { time.waiting >= sleepers }
        time.advance(by: duration)
    }
}

/// Runs `body` with a folder of its own, which is removed afterwards.
func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = NSTemporaryDirectory() + "/scenario-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(folder)
}

extension Logger {
    static let silent = Logger(label: "scenario") { _ in SwiftLogNoOpLogHandler() }
}

extension Fingerprint {
    init(asking text: String) { self.init(of: Array(text.utf8)) }
}

/// An error that is an answer.
struct Declined: StorableError, Hashable, CustomStringConvertible {
    var description: String { "declined" }
}

import Foundation
import GRDB
import Idempotency
import IdempotencySQLite
import IdempotencyTestKit
import Testing

@Suite("Two writing processes and a long reader") struct Scenario32Tests {
    @Test("Scenario 32: two processes write all they can: no BUSY_SNAPSHOT, no refusal, each key once")
    func twoWriters() async throws {
        try await WorkPlace.use { place in
            let reader = try await longReader(of: place)
            let workers = try (0..<2).map { _ in
                try place.worker("load", key: "load", ["--count", "150", "--wait", "20000"])
            }
            var told: [String: Int] = [:]
            for worker in workers {
                for line in try await place.told(by: worker) {
                    let words = line.split(separator: " ")
                    told[String(words[0]), default: 0] += Int(words[1]) ?? 0
                }
                #expect(worker.steps.filter { $0.hasPrefix("error") } == [])
            }
            #expect(told == ["performed": 150, "replayed": 150])
            #expect(try place.effects().count == 150)
            try reader.close()
        }
    }

    @Test("Scenario 32: a long reader holds the checkpoint up, not for ever: once it is done the log is cut")
    func longReaderEnds() async throws {
        try await withFolder { folder in
            let place = WorkPlace(folder: folder, storePath: folder + "/once.db")
            var configuration = SQLiteStore.Configuration()
            configuration.checkpointPages = 50
            configuration.idleDelay = .milliseconds(50)
            let store = try await SQLiteStore.open(place.storePath, configuration: configuration, logger: .silent)
            let reader = try await longReader(of: place)
            var generator = SystemRandomNumberGenerator()
            for number in 0..<60 {
                let draft = Draft(
                    claiming: .none, owner: .random(using: &generator), lease: Stage.lease,
                    label: Label(key: String(repeating: "x", count: 16_000)))
                let id = RecordID(scope: "scenario", key: try IdempotencyKey("load-\(number)"))
                guard case .stored = try await store.exchange(Exchange(id, expecting: .vacant, next: draft)) else {
                    Issue.record("a fresh key was not claimed")
                    return
                }
            }
            let log = place.storePath + "-wal"
            #expect(try size(of: log) > 500_000, "the reader still needs what is in the log")
            try reader.close()
            try await eventually("the log is cut") { try size(of: log) < 100_000 }
            await store.close()
        }
    }

    /// A connection that has begun to read and keeps what it sees.
    private func longReader(of place: WorkPlace) async throws -> DatabaseQueue {
        let store = try await SQLiteStore.open(place.storePath, logger: .silent)
        await store.close()
        let reader = try DatabaseQueue(path: place.storePath, configuration: .openEnded)
        try await reader.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN")
            _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM idempotency_records")
        }
        return reader
    }

    private func size(of path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }
}

import Foundation
import GRDB
import Idempotency
import IdempotencySQLite
import StoreTestParts
import Testing

/// What cannot be understood or written is refused, and nothing runs.
@Suite struct DamageTests {
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
    }

    private func alter(_ sql: String) throws {
        let queue = try DatabaseQueue(path: directory.file())
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    @Test(
        "Scenario 36: a record with unknown content is refused, the others are served",
        arguments: [
            "version = 2", "state = 9", "fingerprint = x'00'", "owner = 'me'", "attempt = -1", "detail = 7",
            "instance = 4711", "label_key = x'05'", "tail = x'0102'", "moment = 'noon'", "lease_uptime = NULL",
            "expires = 5", "outcome = x'01'", "detail = 1, state = 0", "checkpoint = x''", "state = 2",
            "label_key = CAST(x'ff' AS TEXT)", "twin = 9223372036854775807", "twin = -1",
            "renewals = 0, detail = 3",
        ])
    func unknownContent(change: String) async throws {
        var store = try await SQLiteStore.test(directory.file())
        let record = try #require(try await store.exchange(.claim(.test(1), .test(1))).record)
        if change.hasPrefix("detail") { _ = try await store.exchange(.complete(.test(1), record)) }
        await store.close()
        try alter("UPDATE idempotency_records SET \(change)")
        store = try await SQLiteStore.test(directory.file())
        let error = await #expect(throws: StoreError.self) {
            _ = try await store.exchange(.claim(.test(1), .test(2)))
        }
        #expect(error?.code == .corrupt)
        #expect(error?.effect == .notApplied)
        #expect(try await store.exchange(.claim(.test(2), .test(2))).isStored)
        await store.close()
    }

    @Test("A store whose highest fence is no fence gives out none", arguments: ["-1", "'one'"])
    func damagedFence(last: String) async throws {
        var store = try await SQLiteStore.test(directory.file())
        _ = try await store.exchange(.claim(.test(1), .test(1)))
        await store.close()
        try alter("UPDATE idempotency_fence SET last = \(last)")
        store = try await SQLiteStore.test(directory.file())
        let error = await #expect(throws: StoreError.self) {
            _ = try await store.exchange(.claim(.test(2), .test(2)))
        }
        #expect(error?.code == .corrupt)
        await store.close()
    }

    @Test("Scenario 31: when the disk is full, what needs space is refused, the rest is served, nothing is damaged")
    func fullDisk() async throws {
        var store = try await SQLiteStore.test(directory.file()) { $0.fileSizeLimit = 100_000 }
        let record = try #require(try await store.exchange(.claim(.test(1), .test(1))).record)
        let large = [UInt8](repeating: 1, count: 200_000)
        // The full disk and the neighbours share a batch.
        let (failures, refused) = await withTaskGroup(of: Result<ExchangeReply, any Error>.self) { [store] group in
            for number in 0..<60 {
                group.addTask {
                    await Result {
                        try await store.exchange(
                            number % 20 == 7 ? .complete(.test(1), record, large) : .claim(.test(1), .test(2)))
                    }
                }
            }
            return await group.reduce(into: ([StoreError](), 0)) { sums, result in
                switch result {
                case .success(let reply): sums.1 += reply.isStored ? 0 : 1
                case .failure(let error): (error as? StoreError).map { sums.0.append($0) }
                }
            }
        }
        #expect(refused == 57)
        #expect(failures.count == 3)
        #expect(failures.allSatisfy { $0.code == .full && $0.effect == .notApplied })
        #expect(try await store.counts() == RecordCounts(running: 1))
        await store.close()
        store = try await SQLiteStore.test(directory.file())
        #expect(try await store.exchange(.complete(.test(1), record, large)).isStored)
        await store.close()
        let queue = try DatabaseQueue(path: directory.file())
        #expect(try await queue.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
    }

    @Test("A reader that stays does not stop the log from being copied for ever")
    func longReader() async throws {
        let store = try await SQLiteStore.test(directory.file()) {
            $0.checkpointPages = 20
            $0.idleDelay = .milliseconds(1)
        }
        let pool = try DatabasePool(path: directory.file())
        let snapshot = try pool.makeSnapshot()
        try await snapshot.read { _ = try Int.fetchOne($0, sql: "SELECT count(*) FROM idempotency_records") }
        for number in 0..<200 {
            _ = try await store.exchange(.claim(.test(number), .test(number)))
        }
        #expect(store.statistics.logPages > 100, "\(store.statistics)")
        try snapshot.close()
        try pool.close()
        _ = try await store.exchange(.claim(.test(1000), .test(1)))
        while store.statistics.logPages > 0 { await Task.yield() }
        let attributes = try FileManager.default.attributesOfItem(atPath: directory.file("once.db-wal"))
        #expect(attributes[.size] as? Int == 0)
        await store.close()
    }
}

extension Result where Failure == any Error {
    /// What an asynchronous body returns or throws.
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

import GRDB
import Idempotency
import StoreTestParts
import Testing

@testable import IdempotencySQLite

/// An attempt ends in the row that it was claimed in, without a search, unless something else lies there by then.
@Suite struct KnownRowTests {
    private let directory: TestDirectory
    private let clock = TestClock()

    init() throws {
        directory = try TestDirectory()
    }

    private func open() async throws -> SQLiteStore {
        try await SQLiteStore.test(directory.file(), clock: clock)
    }

    private func release(_ id: RecordID, _ owner: Owner) -> Exchange {
        Exchange(id, expecting: .running(owner), next: nil)
    }

    @Test("A row that was given to another key in the meantime is left alone")
    func reusedRow() async throws {
        let (store, other) = (try await open(), try await open())
        let record = try #require(try await store.exchange(.claim(.test(1), .test(1))).record)
        _ = try await other.exchange(release(.test(1), .test(1)))
        let neighbour = try #require(try await other.exchange(.claim(.test(2), .test(1))).record)
        let reply = try await store.exchange(.complete(.test(1), record))
        #expect(!reply.isStored && reply.record == nil)
        #expect(try await store.record(.test(2)).record == neighbour)
        await other.close()
        await store.close()
    }

    @Test(
        "A row that was given to a key that differs in the last 192 bits only, or in the first 64 only, is left alone",
        arguments: [RecordID.test(2, prefix: 5), .test(1, prefix: 6)])
    func reusedRowOfTwin(twin: RecordID) async throws {
        let (store, other) = (try await open(), try await open())
        let id = RecordID.test(1, prefix: 5)
        let record = try #require(try await store.exchange(.claim(id, .test(1))).record)
        _ = try await other.exchange(release(id, .test(1)))
        let neighbour = try #require(try await other.exchange(.claim(twin, .test(1))).record)
        #expect(try await store.exchange(.complete(id, record)).isStored == false)
        #expect(try await store.record(twin).record == neighbour)
        await other.close()
        await store.close()
    }

    @Test("An attempt that was taken over, or put in doubt, by another process is told what is there")
    func changedRow() async throws {
        let (store, other) = (try await open(), try await open())
        for (number, isTakenOver) in [(1, true), (2, false)] {
            let id = RecordID.test(number)
            let record = try #require(try await store.exchange(.claim(id, .test(1))).record)
            let next =
                isTakenOver
                ? Draft(takingOver: record, owner: .test(2), lease: .seconds(30))
                : Draft(record, state: .inDoubt(.unknownEnd))
            let there = try await other.exchange(
                Exchange(id, expecting: .unrenewed(.test(1), renewals: 0), next: next))
            #expect(there.isStored)
            let reply = try await store.exchange(.complete(id, record))
            #expect(!reply.isStored && reply.record == there.record)
        }
        await other.close()
        await store.close()
    }

    @Test("When the key was released and claimed anew under the same owner, its age is what the writer says")
    func otherAge() async throws {
        let (store, other) = (try await open(), try await open())
        let record = try #require(try await store.exchange(.claim(.test(1), .test(1))).record)
        _ = try await other.exchange(release(.test(1), .test(1)))
        clock.advance(by: .seconds(5))
        _ = try await other.exchange(.claim(.test(1), .test(1)))
        let reply = try await store.exchange(.complete(.test(1), record))
        let ended = try #require(reply.record)
        #expect(reply.isStored && ended.created == record.created)
        #expect(try await store.record(.test(1)).record == ended)
        #expect(try await store.records(RecordQuery()).entries.map(\.record) == [ended])
        await other.close()
        await store.close()
    }

    @Test("A row in a version that is not known is refused, though it is known where it lies")
    func otherVersion() async throws {
        let store = try await open()
        let record = try #require(try await store.exchange(.claim(.test(1), .test(1))).record)
        let queue = try DatabaseQueue(path: directory.file())
        try await queue.write { try $0.execute(sql: "UPDATE idempotency_records SET version = 2") }
        let error = await #expect(throws: StoreError.self) {
            _ = try await store.exchange(.complete(.test(1), record))
        }
        #expect(error?.code == .corrupt)
        let version = try await queue.read { try Int.fetchOne($0, sql: "SELECT version FROM idempotency_records") }
        #expect(version == 2)
        try queue.close()
        await store.close()
    }

    @Test("Renewals and the completion of an attempt are written one after the other, each as stamped")
    func renewals() async throws {
        let store = try await open()
        var record = try #require(try await store.exchange(.claim(.test(1), .test(1))).record)
        for _ in 0..<3 {
            clock.advance(by: .seconds(1))
            var next = Draft(record, state: .running(lease: .seconds(60)))
            next.checkpoint = [UInt8](repeating: 7, count: Int(record.renewals) * 1000)
            let reply = try await store.exchange(Exchange(.test(1), expecting: .running(record.owner), next: next))
            #expect(reply.isStored)
            record = try #require(reply.record)
            #expect(try await store.record(.test(1)).record == record)
        }
        let reply = try await store.exchange(.complete(.test(1), record))
        #expect(try await store.record(.test(1)).record == reply.record)
        #expect(try await store.exchange(.complete(.test(1), record)).isStored == false)
        await store.close()
    }

    @Test("Only running records are known, and only so many")
    func bound() throws {
        var rows = KnownRows()
        let running = Self.running
        let ended = Draft(running, state: .inDoubt(.unknownEnd)).stamped(at: running.created, fence: running.fence)
        rows.note(running, of: .test(0), in: 7)
        #expect(rows[.test(0)] == 7)
        rows.note(ended, of: .test(0), in: 7)
        #expect(rows[.test(0)] == nil)
        for number in 0..<KnownRows.limit * 2 + 1 {
            rows.note(running, of: .test(number), in: Int64(number))
            #expect(rows[.test(number)] == Int64(number))
        }
        #expect(rows.count == 1)
    }
}

extension KnownRowTests {
    /// A record that was just claimed.
    fileprivate static var running: Idempotency.Record {
        Draft(claiming: .test(1), owner: .test(1), lease: .seconds(30))
            .stamped(at: Timestamp(microseconds: 5), fence: Fence(1))
    }
}

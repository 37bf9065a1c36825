import Idempotency
import IdempotencyEmbedded
import StoreTestParts
import Testing

@testable import IdempotencyRocksDB

/// What is known without a look at the database, and what lies there in the end.
@Suite struct RunningRecordTests {
    private let directory: TestDirectory
    private let clock = TestClock()

    init() throws {
        directory = try TestDirectory()
    }

    private static let holder = StoredRecord.Holder(instance: 1, boot: 2)
    private static let reading = MachineReading(now: Timestamp(microseconds: 5), uptime: 3)

    private func stored(_ state: Draft.State = .running(lease: .seconds(30)), checkpoint: Int = 0) -> StoredRecord {
        var draft = Draft(claiming: .test(1), owner: .test(1), lease: .seconds(30))
        draft.state = state
        draft.checkpoint = [UInt8](repeating: 1, count: checkpoint)
        let record = draft.stamped(at: Self.reading.now, fence: Fence(1))
        return StoredRecord(record, by: Self.holder, at: Self.reading)
    }

    @Test("A running record is known until it changes into something else or goes")
    func known() {
        var running = RunningRecords()
        let others = [stored(.inDoubt(.unknownEnd)), stored(checkpoint: RunningRecords.sizeLimit + 1), nil]
        for other in others {
            running.note(stored(), of: .test(1))
            #expect(running[.test(1)] == stored())
            running.note(other, of: .test(1))
            #expect(running[.test(1)] == nil)
        }
        running.note(stored(checkpoint: RunningRecords.sizeLimit), of: .test(1))
        #expect(running[.test(1)] != nil)
        running.forget()
        #expect(running[.test(1)] == nil)
    }

    @Test("Only so many are known")
    func bound() {
        var running = RunningRecords()
        for number in 0..<RunningRecords.countLimit * 2 + 1 {
            running.note(stored(), of: .test(number))
            #expect(running[.test(number)] != nil)
        }
        #expect(running.count == 1)
    }

    @Test("A record that is known looks like one that is read, also when the clocks have moved")
    func sameLook() async throws {
        let store = try await RocksDBStore.test(directory, clock: clock)
        _ = try await store.exchange(.claim(.test(1), .test(1)))
        for step in [Duration.seconds(1), .seconds(-5000), .seconds(9000)] {
            clock.advance(by: .seconds(10))
            clock.stepWall(by: step)
            // The lane knows the record, the listing reads it.
            let reply = try await store.exchange(.claim(.test(1), .test(2)))
            #expect(!reply.isStored)
            #expect(try await store.record(.test(1)).record == reply.record)
        }
        await store.close()
    }

    @Test("What is in memory still is walked through in the order of the ids, and all of it")
    func order() async throws {
        var configuration = RocksDBStore.Configuration()
        configuration.clock = clock
        let opening = StoreOpening(
            directory: directory.file("once"), configuration: configuration, logger: silent, space: nil)
        let (_, database, _) = try opening.open()
        let batch = WriteBatch(database)
        for number in 0..<500 { batch.put(stored(), of: .test(number)) }
        try database.write(batch, isSynced: false)
        let snapshot = Snapshot(database)
        let scan = Scan(database, .records, from: [], options: snapshot.options)
        var keys: [[UInt8]] = []
        while let key = try scan.key() {
            keys.append(Array(key))
            scan.next()
        }
        #expect(keys == (0..<500).map { RecordID.test($0).key }.sorted { $0.lexicographicallyPrecedes($1) })
    }

    @Test("Index entries are replaced, also where the key stays the same")
    func indexes() throws {
        let opening = StoreOpening(
            directory: directory.file("once"), configuration: RocksDBStore.Configuration(), logger: silent, space: nil)
        let (_, database, _) = try opening.open()
        let raw = RawDatabase(open: database)
        let batch = WriteBatch(database)
        func replace(_ old: (Int) -> IndexEntry?, by new: (Int) -> IndexEntry?) throws {
            var changes = IndexChanges()
            for number in 0..<50 { changes.replace(old(number), by: new(number), of: .test(number)) }
            batch.clear()
            changes.move(into: batch)
            changes.move(into: batch)
            try database.write(batch, isSynced: false)
        }
        func time(_ number: Int) -> Timestamp { Timestamp(microseconds: Int64(number % 3)) }
        func open(_ number: Int) -> IndexEntry? { .open(created: time(number)) }
        func completed(_ expires: Int) -> (Int) -> IndexEntry? {
            { .completed(created: time($0), expires: time($0 + expires)) }
        }
        func counts() throws -> [Int] { try [Family.open, .completed, .expiry].map { try raw.count($0) } }
        try replace({ _ in nil }, by: open)
        #expect(try counts() == [50, 0, 0])
        try replace(open, by: completed(10))
        #expect(try counts() == [0, 50, 50])
        try replace(completed(10), by: completed(20))
        #expect(try counts() == [0, 50, 50])
        try replace(completed(20), by: open)
        #expect(try counts() == [50, 0, 0])
        try replace(open, by: { _ in nil })
        #expect(try counts() == [0, 0, 0])
    }
}

import Idempotency
import StoreTestParts
import Testing

@testable import IdempotencyRocksDB

/// Compaction lets go what has expired, and nothing else.
@Suite struct ExpiryTests {
    private let clock = TestClock()
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
    }

    private func compact(at time: Timestamp? = nil) throws -> RawDatabase {
        let raw = try RawDatabase(directory)
        raw.compact(at: time ?? clock.now)
        return raw
    }

    /// Claims a key and completes it.
    private func execute(_ number: Int, retention: Duration, in store: RocksDBStore) async throws -> Record {
        let record = try #require(try await store.exchange(.claim(.test(number), .test(number))).record)
        return try #require(
            try await store.exchange(.complete(.test(number), record, retention: retention)).record)
    }

    @Test("Expired records and their index entries go; running, in-doubt and live ones stay")
    func removal() async throws {
        var store = try await RocksDBStore.test(directory, clock: clock)
        for number in 0..<100 { _ = try await execute(number, retention: .seconds(60), in: store) }
        for number in 100..<200 { _ = try await execute(number, retention: .seconds(86_400), in: store) }
        for number in 200..<300 { _ = try await store.exchange(.claim(.test(number), .test(number), lease: .zero)) }
        for number in 300..<400 {
            let record = try #require(try await store.exchange(.claim(.test(number), .test(number))).record)
            let doubt = Draft(record, state: .inDoubt(.unknownEnd))
            _ = try await store.exchange(Exchange(.test(number), expecting: .running(.test(number)), next: doubt))
        }
        await store.close()
        clock.advance(by: .seconds(60) + ExpiryFilter.delay)
        do {
            let raw = try compact()
            #expect(try raw.count(.records) == 300)
            #expect(try raw.count(.completed) == 100)
            #expect(try raw.count(.expiry) == 100)
            #expect(try raw.count(.open) == 200)
            #expect(raw.database.filter.removed == 100)
        }
        store = try await RocksDBStore.test(directory, clock: clock)
        #expect(try await store.counts() == RecordCounts(lapsed: 100, completed: 100, inDoubt: 100))
        #expect(try await store.record(.test(0)).record == nil)
        await store.close()
    }

    @Test("After the wall clock was set back, what expires before the last that was swept is swept too")
    func sweepsEarlier() async throws {
        let store = try await RocksDBStore.test(directory, clock: clock)
        _ = try await execute(1, retention: .seconds(60), in: store)
        clock.advance(by: .seconds(60))
        #expect(try await store.sweep(limit: 10) == 1)
        clock.stepWall(by: .seconds(-3600))
        _ = try await execute(2, retention: .seconds(60), in: store)
        clock.advance(by: .seconds(60))
        #expect(try await store.sweep(limit: 10) == 1)
        #expect(try await store.counts() == RecordCounts())
        await store.close()
    }

    @Test("A record stays for a while after it has expired, to the microsecond")
    func delay() async throws {
        let store = try await RocksDBStore.test(directory, clock: clock)
        let record = try await execute(1, retention: .seconds(60), in: store)
        await store.close()
        guard case .completed(_, _, let expires) = record.state else { return #expect(Bool(false)) }
        for (time, left) in [(expires + ExpiryFilter.delay + .microseconds(-1), 1), (expires + ExpiryFilter.delay, 0)] {
            let raw = try compact(at: time)
            #expect(try raw.count(.records) == left)
            #expect(try raw.count(.completed) == left)
            #expect(try raw.count(.expiry) == left)
        }
    }

    @Test("When a record goes, the versions that it had before do not come back")
    func olderVersions() async throws {
        var store = try await RocksDBStore.test(directory, clock: clock)
        let running = try #require(try await store.exchange(.claim(.test(1), .test(1))).record)
        await store.close()
        do { _ = try compact() }
        store = try await RocksDBStore.test(directory, clock: clock)
        _ = try await store.exchange(.complete(.test(1), running, retention: .seconds(1)))
        await store.close()
        clock.advance(by: .seconds(1) + ExpiryFilter.delay)
        do { _ = try compact() }
        store = try await RocksDBStore.test(directory, clock: clock)
        #expect(try await store.record(.test(1)).record == nil)
        #expect(try await store.counts() == RecordCounts())
        await store.close()
    }

    @Test("A fence grows also when compaction has removed the key before")
    func fences() async throws {
        var last = Fence(0)
        for _ in 0..<3 {
            let store = try await RocksDBStore.test(directory, clock: clock)
            let record = try await execute(1, retention: .seconds(1), in: store)
            #expect(record.fence > last)
            last = record.fence
            await store.close()
            clock.advance(by: .seconds(2) + ExpiryFilter.delay)
            let raw = try compact()
            #expect(try raw.count(.records) == 0)
        }
    }

    @Test("A damaged record is not removed, however expired it looks")
    func damaged() async throws {
        var store = try await RocksDBStore.test(directory, clock: clock)
        _ = try await execute(1, retention: .seconds(1), in: store)
        await store.close()
        clock.advance(by: .seconds(2) + ExpiryFilter.delay)
        do {
            let raw = try RawDatabase(directory)
            try raw.alter(.records, RecordID.test(1).key) { $0[40] ^= 1 }
            raw.compact(at: clock.now)
            #expect(try raw.count(.records) == 1)
        }
        store = try await RocksDBStore.test(directory, clock: clock)
        let error = await #expect(throws: StoreError.self) {
            _ = try await store.exchange(.claim(.test(1), .test(2)))
        }
        #expect(error?.code == .corrupt)
        #expect(try await store.sweep(limit: 10) == 0)
        await store.close()
    }

    @Test("A wall clock that was set forward removes nothing for an hour, by compaction or by sweeping")
    func clockStep() async throws {
        let store = try await RocksDBStore.test(directory, clock: clock)
        let record = try await execute(1, retention: .seconds(3600), in: store)
        guard case .completed(_, _, let expires) = record.state else { return #expect(Bool(false)) }
        let key = IndexKey.encode(expires, .test(1))
        func isRemoved() async throws -> Bool {
            // Any exchange tells the filter the time.
            _ = try await store.exchange(.claim(.test(2), .test(2)))
            return key.withUnsafeBytes { store.context.filter.removes(.expiry, key: $0, value: $0) }
        }
        clock.stepWall(by: .seconds(172_800))
        #expect(try await isRemoved() == false)
        #expect(try await store.sweep(limit: 10) == 0)
        clock.stepWall(by: .seconds(-172_800))
        #expect(try await store.record(.test(1)).record == record)
        clock.stepWall(by: .seconds(172_800))
        #expect(try await isRemoved() == false)
        clock.advance(by: .seconds(3600))
        #expect(try await isRemoved())
        #expect(try await store.sweep(limit: 10) == 1)
        await store.close()
    }

    @Test("What compaction has removed half is swept away, and not counted among the living")
    func leftovers() async throws {
        var store = try await RocksDBStore.test(directory, clock: clock)
        for number in 0..<20 { _ = try await execute(number, retention: .seconds(1), in: store) }
        await store.close()
        do {
            let raw = try RawDatabase(directory)
            let batch = WriteBatch(raw.database)
            for number in 0..<20 { batch.delete(.records, RecordID.test(number).key) }
            try raw.database.write(batch, isSynced: true)
        }
        clock.advance(by: .seconds(2))
        store = try await RocksDBStore.test(directory, clock: clock)
        #expect(try await store.records(RecordQuery()).entries.isEmpty)
        let again = try await execute(3, retention: .seconds(3600), in: store)
        #expect(try await store.sweep(limit: 100) == 20)
        #expect(try await store.counts() == RecordCounts(completed: 1))
        #expect(try await store.record(.test(3)).record == again)
        #expect(try await store.records(RecordQuery()).entries.map(\.id) == [.test(3)])
        await store.close()
    }
}

import Idempotency
import IdempotencySQLite
import IdempotencyTestKit
import StoreTestParts
import Synchronization
import Testing

@testable import IdempotencyEncrypted

@Suite("Rotation")
struct RotationTests {
    @Test("All that is settled is encrypted anew, and an attempt under way is left for its completion")
    func rewrites() async throws {
        var bench = try Bench()
        try await bench.complete(1)
        let doubtful = try await bench.claim(2, owner: 2).stored
        let doubt = Draft(doubtful, state: .inDoubt(.unknownEnd))
        _ = try await bench.store.exchange(Exchange(.test(2), expecting: .running(.test(2)), next: doubt))
        try await bench.claim(3, owner: 3)
        bench.clock.advance(by: .seconds(31))
        let running = try await bench.claim(4, owner: 4).stored
        try bench.change { try $0.generate("second") }
        try await bench.complete(5)
        let before = try await bench.store.records(RecordQuery())

        let report = try await bench.store.rotate(pageSize: 2)
        #expect(report.rewritten == 3 && report.current == 1 && report.running == 1 && report.encrypted == 0)
        #expect(report.needed == ["first": 1] && !report.isComplete)
        for number in [1, 2, 3, 5] { #expect(Sealer.keyID(of: try await bench.raw(number)) == "second") }
        // Nothing that is said has changed.
        #expect(try await bench.store.records(RecordQuery()).entries == before.entries)

        try await bench.complete(running, 4, [4])
        let last = try await bench.store.rotate()
        #expect(last.current == 5 && last.isComplete && last.needed.isEmpty)
        try bench.change { try $0.remove("first") }
        #expect(try await bench.claim(1, owner: 9).refusing.outcome?.bytes == Array("the answer".utf8))
    }

    @Test("A retry is recognised whatever key its record is encrypted with")
    func recognition() async throws {
        var bench = try Bench()
        try await bench.complete(1)
        try bench.change { try $0.generate("second") }
        for _ in 0..<2 {
            let retry = try await bench.claim(1, owner: 9)
            #expect(
                Decision(on: retry.record, at: retry.now, fingerprint: .test(1), interrupted: .hold)
                    == .replay(Outcome(.success, Array("the answer".utf8))))
            let other = try await bench.claim(1, owner: 9, asking: 2)
            #expect(Decision(on: other.record, at: other.now, fingerprint: .test(2), interrupted: .hold) == .mismatch)
            _ = try await bench.store.rotate()
        }
    }

    @Test("What was broken off goes on, and what is done already is left alone")
    func restart() async throws {
        struct Stop: Error {}
        var bench = try Bench()
        for number in 1...10 { try await bench.complete(number) }
        try bench.change { try $0.generate("second") }
        let store = bench.store
        let task = Task {
            try await store.rotate(pageSize: 4, rest: .seconds(3600)) { _ in
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        let report = try await bench.store.rotate(pageSize: 4)
        #expect(report.current == 4 && report.rewritten == 6)
    }

    @Test("Records from before encryption are encrypted if they are accepted, and named if they are not")
    func plaintext() async throws {
        var bench = try Bench()
        try await bench.complete(1, in: bench.base)
        let refused = try await bench.store.rotate()
        #expect(refused.unreadable == 1 && refused.problem?.contains("\(RecordID.test(1))") == true)
        #expect(try await bench.raw(1).outcome?.kind == .success)
        try bench.change { $0.plaintext = .accept }
        let report = try await bench.store.rotate()
        #expect(report.rewritten == 1 && report.encrypted == 1)
        try bench.change { $0.plaintext = .refuse }
        #expect(try await bench.claim(1, owner: 9).refusing.outcome?.bytes == Array("the answer".utf8))
    }

    @Test("A key is needed as long as a record names it that cannot be read, or that changed just then")
    func needed() async throws {
        var bench = try Bench()
        try await bench.complete(1)
        let restless = EncryptedStore(RestlessStore(base: bench.base), keys: bench.keys)
        try bench.change { try $0.generate("second") }
        try restless.use(bench.keys)
        let changed = try await restless.rotate()
        #expect(changed.changed == 1 && changed.rewritten == 0 && changed.needed == ["first": 1])
        try bench.change { try $0.remove("first") }
        let unreadable = try await bench.store.rotate()
        #expect(unreadable.unreadable == 1 && unreadable.needed == ["first": 1])
    }

    @Test("What was shredded is counted with the key that it still names")
    func shredded() async throws {
        var bench = try Bench()
        try await bench.complete(1)
        try bench.change { keys in
            _ = keys.shred(scope: "tenant-1")
            try keys.generate("second")
        }
        let report = try await bench.store.rotate()
        #expect(report.shredded == 1 && report.rewritten == 0 && report.needed == ["first": 1])
    }

    @Test("Where the store has to begin anew, what is still needed is counted anew")
    func anew() async throws {
        var bench = try Bench()
        for number in 1...4 { try await bench.complete(number) }
        try await bench.claim(5, owner: 5)
        let store = EncryptedStore(ForgetfulStore(base: bench.base), keys: bench.keys)
        try bench.change { try $0.generate("second") }
        try store.use(bench.keys)
        let report = try await store.rotate(pageSize: 10)
        #expect(report.rewritten == 4 && report.current == 4)
        #expect(report.running == 1 && report.needed == ["first": 1])
    }

    @Test("While it goes on, executions claim, complete and are replayed as ever")
    func concurrent() async throws {
        let directory = try TestDirectory()
        let base = try await SQLiteStore.open(directory.file(), logger: silent)
        var keys = try EncryptionKeys(generating: "first")
        let store = EncryptedStore(base, keys: keys)
        for number in 0..<100 { try await Self.execute(number, in: store) }
        try keys.generate("second")
        try store.use(keys)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { for number in 100..<300 { try await Self.execute(number, in: store) } }
            tasks.addTask {
                for number in 0..<200 {
                    let reply = try await Self.claim(number % 100, in: store)
                    #expect(try reply.refusing.outcome?.bytes == Self.answer(number % 100))
                }
            }
            tasks.addTask {
                for _ in 0..<3 { _ = try await store.rotate(pageSize: 10, rest: .milliseconds(1)) }
            }
            try await tasks.waitForAll()
        }
        let report = try await store.rotate(pageSize: 50)
        #expect(report.current == 300 && report.isComplete && report.needed.isEmpty)
        for number in 0..<300 {
            #expect(try await Self.claim(number, in: store).refusing.outcome?.bytes == Self.answer(number))
        }
        await base.close()
    }

    private static func answer(_ number: Int) -> [UInt8] { Array("answer \(number)".utf8) }

    private static func claim(_ number: Int, in store: some RecordStore) async throws -> ExchangeReply {
        let label = Label(key: "k\(number)", scope: "tenant-\(number % 3)")
        let draft = Draft(claiming: .test(number), owner: .test(number), lease: .seconds(30), label: label)
        return try await store.exchange(Exchange(.test(number), expecting: .vacant, next: draft))
    }

    private static func execute(_ number: Int, in store: some RecordStore) async throws {
        let record = try await claim(number, in: store).stored
        _ = try await store.exchange(.complete(.test(number), record, answer(number))).stored
    }
}

/// A store that at the end of its first walk does not know any more what it has shown.
private final class ForgetfulStore: ListingStore, RewritingStore {
    let base: MemoryStore
    private let walks = Mutex(0)

    init(base: MemoryStore) {
        self.base = base
    }

    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply { try await base.exchange(exchange) }

    func record(_ id: RecordID) async throws(StoreError) -> (record: Record?, now: Timestamp) {
        try await base.record(id)
    }

    func records(_ query: RecordQuery) async throws(StoreError) -> RecordPage { try await base.records(query) }

    func walk(from place: WalkPlace?, limit: Int) async throws(StoreError) -> WalkPage {
        var page = try await base.walk(from: nil, limit: limit)
        let isFirst = walks.withLock { walks in
            walks += 1
            return walks == 1
        }
        page.next = isFirst ? WalkPlace("lost") : nil
        return page
    }

    func counts() async throws(StoreError) -> RecordCounts { try await base.counts() }

    func rewrite(_ id: RecordID, seen: Record, as content: RecordContent) async throws(StoreError) -> Bool {
        try await base.rewrite(id, seen: seen, as: content)
    }
}

/// A store whose records change whenever they are to be written anew.
private struct RestlessStore: ListingStore, RewritingStore {
    let base: MemoryStore

    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply { try await base.exchange(exchange) }

    func record(_ id: RecordID) async throws(StoreError) -> (record: Record?, now: Timestamp) {
        try await base.record(id)
    }

    func records(_ query: RecordQuery) async throws(StoreError) -> RecordPage { try await base.records(query) }

    func counts() async throws(StoreError) -> RecordCounts { try await base.counts() }

    func rewrite(_ id: RecordID, seen: Record, as content: RecordContent) async throws(StoreError) -> Bool { false }
}

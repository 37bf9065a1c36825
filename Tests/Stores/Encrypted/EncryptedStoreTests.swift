import Idempotency
import IdempotencyTestKit
import StoreTestParts
import Testing

@testable import IdempotencyEncrypted

@Suite("An encrypted store")
struct EncryptedStoreTests {
    @Test("Passes on what the store can do, and claims nothing that it cannot")
    func abilities() throws {
        let whole: any RecordStore = EncryptedStore(MemoryStore(), keys: try EncryptionKeys(generating: "a"))
        #expect(whole is any SubmittingStore && whole is any ListingStore && whole is any SweepingStore)
        #expect(whole is any WakingStore && whole is any UsageStore && whole is any ImmediateStore)
        let plain: any RecordStore = EncryptedStore(OnlyExchanges(), keys: try EncryptionKeys(generating: "a"))
        #expect(!(plain is any SubmittingStore) && !(plain is any ListingStore) && !(plain is any SweepingStore))
        #expect(!(plain is any WakingStore) && !(plain is any UsageStore) && !(plain is any ImmediateStore))
    }

    @Test("Answers without waiting where the store does, and leaves what cannot be read to the exchange")
    func immediate() async throws {
        let bench = try Bench()
        try await bench.complete(1)
        let draft = Draft(claiming: .test(1), owner: .test(9), lease: .seconds(30), label: Bench.label)
        let exchange = Exchange(.test(1), expecting: .vacant, next: draft)
        #expect(try bench.store.replyAtOnce(to: exchange)?.refusing.outcome?.bytes == Array("the answer".utf8))
        var content = RecordContent(of: try await bench.raw(1))
        content.checkpoint[40] ^= 1
        try await bench.plant(try await bench.raw(1).holding(content), 1)
        #expect(bench.store.replyAtOnce(to: exchange) == nil)
    }

    @Test("Waking goes through")
    func waking() async throws {
        let bench = try Bench()
        let record = try await bench.claim(1, owner: 1).stored
        let store = bench.store
        #expect(!store.hearsOtherProcesses && EncryptedStore(Hearing(), keys: bench.keys).hearsOtherProcesses)
        async let change: Void = store.change(of: .test(1), within: .seconds(30))
        for _ in 0..<1000 { await Task.yield() }
        try await bench.complete(record, 1, [1])
        await change
    }

    @Test("Scopes are counted by their pseudonyms, whichever key their records have, and quotas know which is which")
    func usage() async throws {
        var bench = try Bench()
        try bench.change { $0.plaintext = .accept }
        try await bench.complete(1)
        try await bench.complete(2, in: bench.base)
        try bench.change { try $0.generate("second") }
        try await bench.complete(3)
        let page = try await bench.store.usage(after: nil, limit: 100)
        let name = bench.store.usageName(of: "tenant-1")
        #expect(page.scopes.keys.sorted() == [name] && page.scopes[name]?.keys == 3)

        let quota = Quota(
            QuotaLimits(keysPerScope: 3), of: bench.store, retention: .seconds(60), logger: silent)
        await quota.count()
        #expect(quota.usage(of: "tenant-1").keys == 3)
        #expect(QuotaPlace(in: quota, of: "tenant-1").excess == .keysPerScope)
        #expect(QuotaPlace(in: quota, of: "tenant-2").excess == nil)
    }

    @Test("A listing for a key finds what is encrypted, and what is not, in order and page by page")
    func listingByKey() async throws {
        var bench = try Bench()
        try bench.change { $0.plaintext = .accept }
        for number in 1...6 {
            try await bench.complete(number, in: number % 2 == 0 ? bench.base : nil)
            bench.clock.advance(by: .seconds(1))
        }
        try await bench.complete(7, label: Label(key: "another", scope: "tenant-1", operation: ""))
        var query = RecordQuery(key: Bench.label.key, limit: 4)
        let first = try await bench.store.records(query)
        query.after = first.next
        let second = try await bench.store.records(query)
        #expect((first.entries + second.entries).map(\.id) == (1...6).map { .test($0) })
        #expect(second.next == nil)
        #expect((first.entries + second.entries).allSatisfy { $0.record.label == Bench.label })
    }

    @Test("A record that cannot be read does not hide the others of a listing, and says why")
    func unreadable() async throws {
        let bench = try Bench()
        try await bench.complete(1)
        try await bench.complete(2)
        var content = RecordContent(of: try await bench.raw(1))
        content.checkpoint[40] ^= 1
        try await bench.plant(try await bench.raw(1).holding(content), 1)
        let page = try await bench.store.records(RecordQuery())
        #expect(page.entries.count == 2)
        let shown = try #require(page.entries.first { $0.id == .test(1) }?.record)
        #expect(shown.label.operation.contains("cannot be decrypted") && shown.outcome?.kind == .tombstone)
        #expect(page.entries.contains { $0.record.outcome?.bytes == Array("the answer".utf8) })
        #expect(try await bench.store.record(.test(1)).record == shown)
    }

    @Test("A doubt that cannot be read is given no outcome, and can be released")
    func unreadableDoubt() async throws {
        var bench = try Bench()
        let claimed = try await bench.claim(1, owner: 1).stored
        let doubt = Draft(claimed, state: .inDoubt(.unknownEnd))
        _ = try await bench.store.exchange(Exchange(.test(1), expecting: .running(.test(1)), next: doubt))
        try bench.change { keys in
            try keys.generate("second")
            try keys.remove("first")
        }
        let shown = try #require(try await bench.store.record(.test(1)).record)
        let given = Draft(shown, state: .completed(Outcome(.success, [1]), retention: .seconds(60)))
        let error = await #expect(throws: StoreError.self) {
            try await bench.store.exchange(Exchange(.test(1), expecting: .inDoubt(.test(1)), next: given))
        }
        #expect(error?.code == .misuse && error?.effect == .notApplied)
        let released = try await bench.store.exchange(Exchange(.test(1), expecting: .inDoubt(.test(1)), next: nil))
        #expect(released.isStored)
    }

    @Test("Keys of another store are refused while it is open")
    func otherKeys() throws {
        let bench = try Bench()
        #expect(throws: EncryptionKeyError.self) { try bench.store.use(try EncryptionKeys(generating: "first")) }
        #expect(bench.store.keys.belongsTogether(with: bench.keys))
    }
}

/// A store that can do nothing else.
private struct OnlyExchanges: RecordStore {
    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        throw StoreError(.unavailable, "It answers nothing.", effect: .notApplied)
    }
}

/// A store that hears of other processes.
private struct Hearing: WakingStore {
    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        throw StoreError(.unavailable, "It answers nothing.", effect: .notApplied)
    }

    func change(of id: RecordID, within limit: Duration) async {}
}

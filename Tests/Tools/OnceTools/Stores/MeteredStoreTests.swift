import CoreMetrics
import Idempotency
import Synchronization
import Testing

@testable import OnceTools

@Suite("The store of the gateway, with its cache")
struct MeteredStoreTests {
    private let base = CountingStore()

    private static let id = RecordID(Digest(1, 2, 3, 4))

    private func claim(_ owner: UInt64) -> Exchange {
        let draft = Draft(claiming: .none, owner: Owner(high: owner, low: 0), lease: .seconds(30))
        return Exchange(Self.id, expecting: .vacant, next: draft)
    }

    private func complete(in store: MeteredStore) async throws {
        let record = try #require(try await store.submitted(claim(1)).record)
        let completed = Draft(record, state: .completed(Outcome(.success, [7]), retention: .seconds(60)))
        _ = try await store.submitted(Exchange(Self.id, expecting: .running(record.owner), next: completed))
    }

    private func isReplay(_ reply: ExchangeReply) -> Bool {
        guard case .conflict(let record?, _) = reply, case .completed(let outcome, _, _) = record.state else {
            return false
        }
        return outcome.bytes == [7]
    }

    @Test("A duplicate of what was completed through it costs no exchange with the store")
    func hit() async throws {
        let store = MeteredStore(base, cacheBytes: 1 << 20, factory: NOOPMetricsHandler.instance)
        try await complete(in: store)
        #expect(base.exchanges == 2)
        #expect(isReplay(try await store.submitted(claim(2))))
        #expect(isReplay(try await store.exchange(claim(3))))
        #expect(base.exchanges == 2)
    }

    @Test("Without a cache every duplicate goes to the store")
    func noCache() async throws {
        let store = MeteredStore(base, cacheBytes: 0, factory: NOOPMetricsHandler.instance)
        try await complete(in: store)
        #expect(isReplay(try await store.submitted(claim(2))))
        #expect(base.exchanges == 3)
    }

    @Test("A duplicate of a running attempt always goes to the store")
    func running() async throws {
        let store = MeteredStore(base, cacheBytes: 1 << 20, factory: NOOPMetricsHandler.instance)
        for owner in 1...3 { _ = try await store.submitted(claim(UInt64(owner))) }
        #expect(base.exchanges == 3)
    }

    @Test("What another process completed is answered from memory once it was seen")
    func seen() async throws {
        let store = MeteredStore(base, cacheBytes: 1 << 20, factory: NOOPMetricsHandler.instance)
        let other = MeteredStore(base, cacheBytes: 0, factory: NOOPMetricsHandler.instance)
        try await complete(in: other)
        #expect(isReplay(try await store.submitted(claim(2))))
        #expect(base.exchanges == 3)
        #expect(isReplay(try await store.submitted(claim(3))))
        #expect(base.exchanges == 3)
    }
}

extension MeteredStore {
    /// The event loops' way in, for a test that waits.
    fileprivate func submitted(_ exchange: Exchange) async throws -> ExchangeReply {
        try await withCheckedContinuation { continuation in
            submit(exchange) { continuation.resume(returning: $0) }
        }.get()
    }
}

/// A store in memory that counts what reaches it.
private final class CountingStore: SubmittingStore, ListingStore, SweepingStore {
    private let base = MemoryStore()
    private let count = Atomic<Int>(0)

    var exchanges: Int { count.load(ordering: .relaxed) }

    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        count.add(1, ordering: .relaxed)
        return try await base.exchange(exchange)
    }

    func submit(
        _ exchange: Exchange, completion: @escaping @Sendable (Result<ExchangeReply, StoreError>) -> Void
    ) {
        count.add(1, ordering: .relaxed)
        base.submit(exchange, completion: completion)
    }

    func record(_ id: RecordID) async throws(StoreError) -> (record: Record?, now: Timestamp) {
        try await base.record(id)
    }

    func records(_ query: RecordQuery) async throws(StoreError) -> RecordPage { try await base.records(query) }

    func counts() async throws(StoreError) -> RecordCounts { try await base.counts() }

    func sweep(limit: Int) async throws(StoreError) -> Int { try await base.sweep(limit: limit) }
}

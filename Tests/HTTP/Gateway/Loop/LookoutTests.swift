import Idempotency
import IdempotencyHTTP
import Synchronization
import Testing

@testable import IdempotencyGateway

@Suite("Duplicates of a request that another process runs")
struct LookoutTests {
    /// A store whose records other processes change too; the test says when it tells.
    final class Herald: SubmittingStore, WakingStore {
        let memory = MemoryStore()
        private let bell = Bell()
        private let state = Mutex((looks: 0, watches: 0))

        var looks: Int { state.withLock { $0.looks } }
        var watches: Int { state.withLock { $0.watches } }

        func tell(of id: RecordID) { bell.strike(id) }

        func change(of id: RecordID, within limit: Duration) async {
            state.withLock { $0.watches += 1 }
            await bell.ring(for: id)
        }

        func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
            try await memory.exchange(exchange)
        }

        func submit(
            _ exchange: Exchange, completion: @escaping @Sendable (Result<ExchangeReply, StoreError>) -> Void
        ) {
            if exchange.expecting == .vacant { state.withLock { $0.looks += 1 } }
            memory.submit(exchange, completion: completion)
        }
    }

    private static let key = "8e03978e"
    private static let id = try? RecordID(scope: ScopeRule.anonymousScope, key: IdempotencyKey(string: key))

    @Test("look when the store tells of a change, as often as it does, and not later")
    func looks() async throws {
        let store = Herald()
        let id = try #require(Self.id)
        let other = Draft(
            claiming: FingerprintRule().fingerprint(of: RequestHead(method: "POST", target: "/"), body: [0x31]),
            owner: .fresh(), lease: .seconds(60))
        _ = try await store.exchange(Exchange(id, expecting: .vacant, next: other))
        try await Bench.run(store: store, settings: { $0.wait = .seconds(30) }) { _, reply in
            reply.answer(200, [], "done")
        } test: { bench, _ async throws in
            let clients = [try await bench.connect(), try await bench.connect()]
            for client in clients {
                try await client.send(RawClient.text("POST", "/", [("Idempotency-Key", Self.key)], body: "1"))
            }
            try await poll { store.looks >= 2 && store.watches >= 1 }
            // By polling alone, sixty looks of two callers would take some twenty seconds.
            let start = ContinuousClock.now
            while store.looks < 60 {
                store.tell(of: id)
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(ContinuousClock.now - start < .seconds(10))
            #expect(bench.upstream.requests.isEmpty)
            _ = try await store.exchange(Exchange(id, expecting: .running(other.owner), next: nil))
            store.tell(of: id)
            for client in clients { #expect(try await client.answer().body == "done") }
            #expect(bench.upstream.requests.count == 1)
        }
    }

    @Test("are not looked out for where a store tells of this process only, or of nothing")
    func deaf() {
        #expect(Lookout(over: MemoryStore()) == nil)
        #expect(Lookout(over: TaskOnlyStore()) == nil)
        #expect(Lookout(over: CachedStore(TaskOnlyStore())) == nil)
        #expect(Lookout(over: CachedStore(Herald())) != nil)
    }
}

import Idempotency
import Synchronization
import Testing

/// A local clock that tests move.
private final class HandClock: LocalClock {
    private let moment = Mutex(Moment(nanoseconds: 0))
    var now: Moment { moment.withLock { $0 } }
    func sleep(until moment: Moment) async throws {}
    func pass(_ duration: Duration) { moment.withLock { $0 = $0 + duration } }
}

/// A store whose answer takes its time.
private struct SlowStore: RecordStore {
    static let time = Duration.seconds(15)
    let base: MemoryStore
    let clock: HandClock

    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        let reply = try await base.exchange(exchange)
        clock.pass(Self.time)
        return reply
    }
}

@Suite("The cache in front of a store") struct CachedStoreTests {
    private let clock = HandClock()
    private let store = MemoryStore()
    private let owner = Owner(high: 1, low: 1)

    private func claim(_ number: UInt64, owner: Owner = Owner(high: 2, low: 2)) -> Exchange {
        let draft = Draft(claiming: World.fingerprint, owner: owner, lease: .seconds(30))
        return Exchange(RecordID(Digest(number, 0, 0, 0)), expecting: .vacant, next: draft)
    }

    private func complete(_ number: UInt64, in cache: CachedStore, retention: Duration = .seconds(60)) async throws {
        let reply = try await cache.exchange(claim(number, owner: owner))
        let record = try #require(reply.record)
        let outcome = Draft(record, state: .completed(Outcome(.success, [1]), retention: retention))
        _ = try await cache.exchange(
            Exchange(RecordID(Digest(number, 0, 0, 0)), expecting: .running(owner), next: outcome))
    }

    private func cache(_ change: (inout CachedStore.Configuration) -> Void = { _ in }) -> CachedStore {
        var configuration = CachedStore.Configuration()
        change(&configuration)
        return CachedStore(store, configuration: configuration, clock: clock)
    }

    @Test("answers a duplicate of a completed key without the store, with its fingerprint")
    func hit() async throws {
        let cache = cache()
        try await complete(1, in: cache)
        let reply = try await cache.exchange(claim(1))
        #expect(reply.record?.fingerprint == World.fingerprint)
        guard case .conflict(let record, _) = reply, case .completed = record?.state else {
            return #expect(Bool(false), "\(reply)")
        }
        #expect(cache.statistics.hits == 1)
    }

    @Test("answers at once what it keeps, and nothing else; what it is then asked again counts once")
    func atOnce() async throws {
        let cache = cache()
        try await complete(1, in: cache)
        let before = cache.statistics
        #expect(cache.replyAtOnce(to: claim(1))?.record?.fingerprint == World.fingerprint)
        #expect(cache.replyAtOnce(to: claim(2)) == nil)
        #expect(try await store.record(claim(2).id).record == nil, "nothing has happened")
        _ = try await cache.exchange(claim(2))
        #expect(cache.statistics.hits == before.hits + 1 && cache.statistics.misses == before.misses + 1)
    }

    @Test("never answers for a key that is running")
    func running() async throws {
        let cache = cache()
        _ = try await cache.exchange(claim(1, owner: owner))
        _ = try await cache.exchange(claim(1))
        #expect(cache.statistics.hits == 0)
    }

    @Test("lets an entry go when the retention ends, and when it is too old to believe")
    func age() async throws {
        let cache = cache { $0.maximumAge = .seconds(20) }
        try await complete(1, in: cache, retention: .seconds(10))
        try await complete(2, in: cache, retention: .seconds(3600))
        clock.pass(.seconds(10))
        _ = try await cache.exchange(claim(1))
        #expect(cache.statistics.hits == 0)
        _ = try await cache.exchange(claim(2))
        #expect(cache.statistics.hits == 1)
        clock.pass(.seconds(10))
        _ = try await cache.exchange(claim(2))
        #expect(cache.statistics.hits == 1)
    }

    @Test("hands writes that are no claims to the store, also of a key that it knows")
    func otherWrites() async throws {
        let cache = cache()
        try await complete(1, in: cache)
        let (hits, misses) = (cache.statistics.hits, cache.statistics.misses)
        let id = RecordID(Digest(1, 0, 0, 0))
        for expectation in [Idempotency.Expectation.running(owner), .inDoubt(owner), .unrenewed(owner, renewals: 0)] {
            _ = try await cache.exchange(Exchange(id, expecting: expectation, next: nil))
        }
        #expect(cache.statistics.hits == hits && cache.statistics.misses == misses)
    }

    @Test("counts the age of an entry from when the store was asked, not from its answer")
    func ageOfAnswer() async throws {
        let cache = cache { $0.maximumAge = .seconds(20) }
        try await complete(1, in: cache)
        let slow = CachedStore(
            SlowStore(base: store, clock: clock), configuration: CachedStore.Configuration(), clock: clock)
        let asked = try await slow.exchange(claim(1))
        let told = try await slow.exchange(claim(1))
        #expect(told.now == asked.now + SlowStore.time)
        #expect(slow.statistics.hits == 1)
    }

    @Test("forgets what was not asked for the longest")
    func bound() async throws {
        let cache = cache { $0.maximumCount = 2 }
        for number in 1...2 { try await complete(UInt64(number), in: cache) }
        _ = try await cache.exchange(claim(1))
        try await complete(3, in: cache)
        let before = cache.statistics.hits
        for number in [1, 3] { _ = try await cache.exchange(claim(UInt64(number))) }
        #expect(cache.statistics.hits == before + 2, "1 was asked for, 3 is new")
        _ = try await cache.exchange(claim(2))
        #expect(cache.statistics.hits == before + 2, "2 had to go")
        #expect(cache.statistics.count == 2)
    }

    @Test("keeps within its bytes")
    func bytes() async throws {
        let cache = cache { $0.maximumBytes = 1000 }
        for number in 1...50 { try await complete(UInt64(number), in: cache) }
        #expect(cache.statistics.bytes <= 1000 && cache.statistics.count > 1)
    }
}

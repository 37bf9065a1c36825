import Idempotency
import Logging
import Synchronization
import Testing

@Suite("A quota") struct QuotaTests {
    let outcome = Outcome(.success, [UInt8](repeating: 7, count: 1000))

    private func quota(_ limits: QuotaLimits, of store: any RecordStore = MemoryStore()) -> Quota {
        Quota(
            limits, of: store, retention: .seconds(60),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private func once(_ quota: Quota, store: MemoryStore) -> Once {
        var configuration = Once.Configuration()
        configuration.quota = quota
        return Once(store: store, interrupted: .hold, configuration: configuration)
    }

    @Test("Refuses new keys of a scope that has as many as it may, and no one else's")
    func keys() async throws {
        let store = MemoryStore()
        let quota = quota(QuotaLimits(keysPerScope: 2), of: store)
        let once = once(quota, store: store)
        for number in 1...2 {
            #expect(try await once.perform(IdempotencyKey("\(number)"), scope: "a") { _ in number } == number)
        }
        let error = await #expect(throws: OnceError.self) {
            _ = try await once.perform(IdempotencyKey("3"), scope: "a") { _ in 3 }
        }
        #expect(error?.code == .overQuota && error?.retry == .sameKeyLater && error?.retryAfter != nil)
        #expect(try await once.perform(IdempotencyKey("3"), scope: "b") { _ in 3 } == 3)
        #expect(try await store.counts().completed == 3)
    }

    @Test("Keys that are there are answered as ever: replays, mismatches, doubts")
    func existing() async throws {
        let store = MemoryStore()
        let once = once(quota(QuotaLimits(keysPerScope: 2), of: store), store: store)
        let key = try IdempotencyKey("1")
        _ = try await once.perform(key, scope: "a", request: 1) { _ in "first" }
        _ = try? await once.perform(IdempotencyKey("2"), scope: "a") { _ -> Int in throw Crash() }
        #expect(try await once.perform(key, scope: "a", request: 1) { _ in "second" } == "first")
        let mismatch = await #expect(throws: OnceError.self) {
            _ = try await once.perform(key, scope: "a", request: 2) { _ in "third" }
        }
        #expect(mismatch?.code == .mismatch)
        let doubt = await #expect(throws: OnceError.self) {
            _ = try await once.perform(IdempotencyKey("2"), scope: "a") { _ in 2 }
        }
        #expect(doubt?.code == .inDoubt)
    }

    @Test("A key that becomes free makes room")
    func released() async throws {
        let store = MemoryStore()
        let quota = quota(QuotaLimits(keysPerScope: 1), of: store)
        let once = once(quota, store: store)
        for number in 1...3 {
            _ = try? await once.perform(IdempotencyKey("\(number)"), scope: "a") { _ -> Int in
                throw Classified.retryable(Crash())
            }
        }
        #expect(quota.usage(of: "a") == StoreUsage())
        #expect(try await once.perform(IdempotencyKey("4"), scope: "a") { _ in 4 } == 4)
    }

    @Test("A duplicate takes no place, however often it comes")
    func duplicates() async throws {
        let store = MemoryStore()
        let quota = quota(QuotaLimits(keysPerScope: 2), of: store)
        let once = once(quota, store: store)
        for request in [1, 1, 1, 2, 2] {
            _ = try? await once.perform(IdempotencyKey("1"), scope: "a", request: request) { _ in "first" }
        }
        #expect(quota.usage(of: "a").keys == 1)
    }

    @Test("A takeover makes no new key, and its outcome counts for nothing until the next count")
    func takeover() {
        let quota = quota(QuotaLimits(keysPerScope: 1))
        var place = QuotaPlace(in: quota, of: "a")
        var effects = Effects()
        effects.start = .operation(
            Record(
                fingerprint: World.fingerprint, owner: Owner(high: 0, low: 1), fence: Fence(2), attempt: 2, renewals: 0,
                created: Timestamp(microseconds: 0), state: .running(leaseEnd: Timestamp(microseconds: 1))))
        place.follow(effects, isDone: false)
        #expect(quota.usage(of: "a") == StoreUsage())
        effects = Effects()
        effects.answer = .performed(outcome, Fence(2))
        place.follow(effects, isDone: true)
        #expect(quota.usage(of: "a") == StoreUsage())
    }

    @Test("Bytes are limited for a scope, and for all together")
    func bytes() async throws {
        for limits in [QuotaLimits(bytesPerScope: 2000), QuotaLimits(bytesInAll: 2000)] {
            let store = MemoryStore()
            let once = once(quota(limits, of: store), store: store)
            let large = String(repeating: "x", count: 2000)
            _ = try await once.perform(IdempotencyKey("1"), scope: "a") { _ in large }
            await #expect(throws: OnceError.self) {
                _ = try await once.perform(IdempotencyKey("2"), scope: "a") { _ in 2 }
            }
            let other = try? await once.perform(IdempotencyKey("1"), scope: "b") { _ in 1 }
            #expect((other != nil) == (limits.bytesInAll == nil))
            #expect(try await once.perform(IdempotencyKey("1"), scope: "a") { _ in "" } == large)
        }
    }

    @Test("What it has not seen itself it learns from the store: a restart, another process, what has expired")
    func counted() async throws {
        let clock = ManualStoreTime()
        let store = MemoryStore(clock: clock)
        _ = try await once(quota(QuotaLimits(), of: store), store: store).perform(IdempotencyKey("1"), scope: "a") {
            _ in 1
        }
        let fresh = quota(QuotaLimits(keysPerScope: 1), of: store)
        #expect(fresh.usage(of: "a").keys == 0)
        #expect(await fresh.count())
        #expect(fresh.usage(of: "a").keys == 1)
        await #expect(throws: OnceError.self) {
            _ = try await once(fresh, store: store).perform(IdempotencyKey("2"), scope: "a") { _ in 2 }
        }
        clock.advance(by: .seconds(2 * 86_400))
        #expect(await fresh.count())
        #expect(fresh.usage(of: "a") == StoreUsage())
        #expect(try await once(fresh, store: store).perform(IdempotencyKey("2"), scope: "a") { _ in 2 } == 2)
    }

    @Test("A hundred at once do not exceed it by one")
    func race() async throws {
        let store = MemoryStore()
        let once = once(quota(QuotaLimits(keysPerScope: 10), of: store), store: store)
        await withTaskGroup { group in
            for number in 0..<100 {
                group.addTask { _ = try? await once.perform(IdempotencyKey("\(number)"), scope: "a") { _ in number } }
            }
        }
        #expect(try await store.counts().completed == 10)
    }

    /// An execution that may not claim a new key.
    private var refused: Execution {
        Execution(
            Request(id: World.id, fingerprint: World.fingerprint),
            terms: Terms(lease: .seconds(30), retention: .seconds(60), interrupted: .hold),
            owner: Owner(high: 0, low: 9), excess: .keysPerScope)
    }

    @Test("One that is refused writes nothing at all")
    func writesNothing() throws {
        var world = World()
        var execution = refused
        #expect(world.begin(&execution).answer == .overQuota(.keysPerScope))
        #expect(world.register == Register() && world.lastFence == Fence(0))
    }

    @Test("One that is refused leaves nothing behind when the store fails")
    func outage() throws {
        var world = World()
        var execution = refused
        _ = execution.begin(at: world.moment)
        world.pass(.seconds(10))
        let effects = execution.failed(World.outage, to: .claim, at: world.moment)
        #expect(effects.answer == .unavailable(.unavailable, "down") && effects.write == nil)
    }
}

/// A store clock that the test moves.
private final class ManualStoreTime: StoreClock {
    private let time = Mutex(Timestamp(microseconds: 1_000_000))
    var now: Timestamp { time.withLock { $0 } }
    func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }
}

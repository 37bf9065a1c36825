import Idempotency
import IdempotencyTestKit
import Synchronization
import Testing

@Suite("The faulty store") struct FaultyStoreTests {
    let clock = ManualClock()
    let id = RecordID(Digest(1, 2, 3, 4))
    var claim: Exchange {
        Exchange(
            id, expecting: .vacant, next: Draft(claiming: .none, owner: Owner(high: 1, low: 1), lease: .seconds(9)))
    }

    func store(_ plan: FaultPlan) -> FaultyStore<MemoryStore> {
        FaultyStore(MemoryStore(clock: clock), plan: plan, timer: .manual(clock))
    }

    @Test(
        "A lost reply and an error afterwards leave the write in the store and its effect unknown",
        arguments: [StoreFault.loseReply, .failAfter(.unavailable)])
    func after(fault: StoreFault) async throws {
        let store = store(.script(fault))
        let error = try await #require(throws: StoreError.self) { try await store.exchange(claim) }
        #expect(error.effect == .unknown)
        #expect(try await store.base.record(id).record != nil)
        #expect(try await store.exchange(claim).record?.owner == Owner(high: 1, low: 1))
    }

    @Test(
        "A call that never reaches the store changes nothing",
        arguments: [StoreFault.refuse, .loseRequest, .failBefore(.full)])
    func before(fault: StoreFault) async throws {
        let store = store(.script(nil, fault))
        _ = try await store.exchange(Exchange(id, expecting: .vacant, next: nil))
        let error = try await #require(throws: StoreError.self) { try await store.exchange(claim) }
        #expect(error.effect == (fault == .loseRequest ? .unknown : .notApplied))
        #expect(try await store.base.record(id).record == nil)
        #expect(store.calls == 2)
    }

    @Test("An outage lasts until it is ended, also for listing and sweeping")
    func outage() async throws {
        let store = store(.none)
        store.beginOutage()
        await #expect(throws: StoreError.self) { try await store.exchange(claim) }
        await #expect(throws: StoreError.self) { try await store.counts() }
        await #expect(throws: StoreError.self) { try await store.sweep(limit: 1) }
        store.endOutage()
        _ = try await store.exchange(claim)
    }

    @Test("A delayed request reaches the store only when its time has come")
    func delayedRequest() async throws {
        let store = store(.script(.delayRequest(.seconds(1))))
        async let reply = store.exchange(claim)
        while clock.waiting == 0 { await Task.yield() }
        #expect(try await store.base.record(id).record == nil)
        clock.advance(by: .seconds(1))
        #expect(try await reply.record != nil)
    }

    @Test("A submission is delayed without a task, and a repeated one is applied again later")
    func submissions() async throws {
        let store = store(.script(.delayReply(.seconds(1)), .repeatLater(.seconds(5))))
        let replies = Mutex<[ExchangeReply]>([])
        let note: @Sendable (Result<ExchangeReply, StoreError>) -> Void = { result in
            guard case .success(let reply) = result else { return }
            replies.withLock { $0.append(reply) }
        }
        store.submit(claim, completion: note)
        #expect(replies.withLock { $0.isEmpty })
        clock.advance(by: .seconds(1))
        #expect(replies.withLock { $0.count } == 1)

        store.submit(Exchange(id, expecting: .running(Owner(high: 1, low: 1)), next: nil), completion: note)
        _ = try await store.exchange(claim)
        clock.advance(by: .seconds(5))
        #expect(try await store.base.record(id).record == nil, "the repeated release took the new claim away")
        #expect(replies.withLock { $0.count } == 2)
    }

    @Test("The same seed gives the same faults")
    func seeded() async throws {
        func run(_ seed: Seed) async -> [Bool] {
            let store = store(.random([.refuse, .loseReply], percent: 40, seed: seed))
            var failed: [Bool] = []
            for _ in 0..<50 {
                do {
                    _ = try await store.exchange(claim)
                    failed.append(false)
                } catch { failed.append(true) }
            }
            return failed
        }
        let first = await run(5)
        #expect(await run(5) == first)
        #expect(first.contains(true) && first.contains(false))
        #expect(await run(6) != first)
    }
}

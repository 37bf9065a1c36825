import Idempotency
import IdempotencyTestKit
import Testing

@Suite("Histories of a store") struct RegisterHistoryTests {
    /// Callers that claim, renew, complete, take over and release one key as fast as they can.
    func history(of store: some RecordStore) async throws -> [RecordedExchange] {
        let recording = RecordingStore(store)
        let id = RecordID(Digest(1, 2, 3, 4))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<6 {
                group.addTask {
                    for step in 0..<30 {
                        let owner = Owner(high: UInt64(client), low: UInt64(step))
                        let claim = Draft(claiming: .none, owner: owner, lease: .seconds(60))
                        let reply = try await recording.exchange(Exchange(id, expecting: .vacant, next: claim))
                        guard let seen = reply.record, case .running = seen.state else { continue }
                        let next = step % 2 == 0 ? nil : Draft(takingOver: seen, owner: owner, lease: .seconds(60))
                        let expecting = Expectation.unrenewed(seen.owner, renewals: seen.renewals)
                        _ = try await recording.exchange(Exchange(id, expecting: expecting, next: next))
                    }
                }
            }
            try await group.waitForAll()
        }
        return recording.log.entries
    }

    @Test("Those of a right store are linearizable")
    func right() async throws {
        try RegisterHistory.check(try await history(of: MemoryStore()))
    }

    @Test(
        "Lost updates, stale reads and a check that is not one with the write are found in them",
        arguments: [BrokenStore.Bug.lostUpdate, .staleRead, .checkThenSet])
    func wrong(bug: BrokenStore.Bug) async throws {
        // A race need not happen in every history; it must in one of these.
        for _ in 0..<50 {
            do {
                try RegisterHistory.check(try await history(of: BrokenStore(bug)))
            } catch {
                #expect("\(error)".contains("None of these can come next"))
                return
            }
        }
        Issue.record("\(bug) was not found in 50 histories")
    }

    @Test("A lost reply may have been applied or not; both explain what others see")
    func lostReplies() async throws {
        for fault in [StoreFault.loseReply, .loseRequest] {
            let store = RecordingStore(FaultyStore(MemoryStore(), plan: .script(fault)))
            let id = RecordID(Digest(1, 2, 3, 4))
            for number in 1...3 {
                let claim = Draft(claiming: .none, owner: Owner(high: 0, low: UInt64(number)), lease: .seconds(60))
                _ = try? await store.exchange(Exchange(id, expecting: .vacant, next: claim))
            }
            #expect(store.log.entries.count == 3 && store.log.entries[0].reply == nil)
            try RegisterHistory.check(store.log.entries)
        }
    }

    @Test("A renewal whose reply was lost is told from an earlier one that was made from the same record")
    func likeRenewals() async throws {
        let clock = ManualClock()
        let store = MemoryStore(clock: clock)
        let losing = FaultyStore(store, plan: .script(.loseReply))
        let log = ExchangeLog()
        let id = RecordID(Digest(1, 2, 3, 4))
        let owner = Owner(high: 0, low: 1)
        let claim = Draft(claiming: .none, owner: owner, lease: .seconds(60))
        let record = try #require(
            try await log.exchange(Exchange(id, expecting: .vacant, next: claim), on: store).record)
        let renewal = Exchange(
            id, expecting: .running(owner), next: Draft(record, state: .running(lease: .seconds(60))))
        clock.advance(by: .seconds(1))
        _ = try await log.exchange(renewal, on: store)
        clock.advance(by: .seconds(1))
        _ = try? await log.exchange(renewal, on: losing)
        _ = try await log.exchange(claimOfAnother(id), on: store)
        #expect(log.entries.count == 4 && log.entries[2].reply == nil)
        try RegisterHistory.check(log.entries)
    }

    @Test("A renewal whose reply was lost is told from one of the same moment that saved something else")
    func renewalsOfOneMoment() async throws {
        let clock = ManualClock()
        let store = MemoryStore(clock: clock)
        let losing = FaultyStore(store, plan: .script(.loseReply))
        let log = ExchangeLog()
        let id = RecordID(Digest(1, 2, 3, 4))
        let owner = Owner(high: 0, low: 1)
        let claim = Draft(claiming: .none, owner: owner, lease: .seconds(60))
        let record = try #require(
            try await log.exchange(Exchange(id, expecting: .vacant, next: claim), on: store).record)
        func renewal(saving checkpoint: [UInt8]) -> Exchange {
            var draft = Draft(record, state: .running(lease: .seconds(60)))
            draft.checkpoint = checkpoint
            return Exchange(id, expecting: .running(owner), next: draft)
        }
        clock.advance(by: .seconds(1))
        // As in one batch of a store: the same stamp for both.
        _ = try await log.exchange(renewal(saving: [1]), on: store)
        _ = try await log.exchange(renewal(saving: [2]), on: store)
        clock.advance(by: .seconds(1))
        _ = try? await log.exchange(renewal(saving: [3]), on: losing)
        _ = try await log.exchange(claimOfAnother(id), on: store)
        #expect(log.entries.count == 5 && log.entries[3].reply == nil)
        try RegisterHistory.check(log.entries)
    }

    private func claimOfAnother(_ id: RecordID) -> Exchange {
        let draft = Draft(claiming: .none, owner: Owner(high: 0, low: 2), lease: .seconds(60))
        return Exchange(id, expecting: .vacant, next: draft)
    }
}

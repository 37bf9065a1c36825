import Idempotency
import IdempotencyTestKit
import Testing

@Suite("Crash after the effect") struct Scenario04Tests {
    @Test("Scenario 4: crash after effect, before completion: unknown, not rerun", arguments: Backing.allCases)
    func held(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            var victim = Victim(on: stage)
            try await victim.claim()
            _ = try victim.takeEffect()
            stage.time.advance(by: Stage.lease)
            for _ in 0..<3 { #expect(await stage.call(stage.process(.hold)) == .inDoubt) }
            #expect(stage.ledger.effects == [1])
            let record = try #require(try await stage.record())
            #expect(record.doubt == .leaseLapsed && record.owner == victim.owner && record.fence == Fence(1))
        }
    }

    @Test("Scenario 4: a doubt is settled by its resolution, and replayed from then on", arguments: Backing.allCases)
    func resolved(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            var victim = Victim(on: stage)
            try await victim.claim()
            let receipt = try victim.takeEffect()
            stage.time.advance(by: Stage.lease)
            #expect(await stage.call(stage.process(.hold)) == .inDoubt)

            let record = try #require(try await stage.record())
            let resolution = Draft(record, state: .completed(Victim.outcome(receipt), retention: Stage.retention))
            _ = try await stage.store.exchange(
                Exchange(stage.request.id, expecting: .inDoubt(record.owner), next: resolution))
            #expect(await stage.call(stage.process(.hold)) == .replayed("receipt-1"))
            #expect(stage.ledger.effects == [1])
        }
    }

    @Test("Scenario 4: crash after effect, before completion: reconcile finds it done", arguments: Backing.allCases)
    func reconciledAsDone(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            var victim = Victim(on: stage, interrupted: .reconcile)
            try await victim.claim()
            let receipt = try victim.takeEffect()
            stage.time.advance(by: Stage.lease)
            let process = stage.process(.reconcile { _ in try .tookEffect(returning: receipt) })
            #expect(await stage.call(process) == .replayed("receipt-1"))
            #expect(await stage.call(stage.process()) == .replayed("receipt-1"))
            #expect(stage.ledger.effects == [1])
            let record = try #require(try await stage.record())
            #expect(record.outcome == Victim.outcome(receipt) && record.attempt == 2)
        }
    }

    @Test("Scenario 4: a reconciliation that cannot tell leaves it unknown, not rerun", arguments: Backing.allCases)
    func unknownToAll(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            var victim = Victim(on: stage, interrupted: .reconcile)
            try await victim.claim()
            _ = try victim.takeEffect()
            stage.time.advance(by: Stage.lease)
            let process = stage.process(.reconcile { _ in .unknown })
            for _ in 0..<2 { #expect(await stage.call(process) == .inDoubt) }
            #expect(stage.ledger.effects == [1])
            #expect(try await stage.record()?.doubt == .reconcileUnknown)
        }
    }

    @Test("Scenario 4: kill -9 after the effect: unknown, not rerun")
    func killedAndHeld() async throws {
        try await WorkPlace.use { place in
            try await place.killed(at: "after effect")
            for _ in 0..<2 { #expect(try await place.answer("--interrupted", "hold") == "refused inDoubt") }
            #expect(try place.effects() == [1])
            #expect(try await place.record()?.doubt == .leaseLapsed)
        }
    }

    @Test("Scenario 4: in transactional mode it cannot happen: kill -9 after the effect takes the effect back")
    func killedInTransaction() async throws {
        try await WorkPlace.use { place in
            let victim = try place.worker("transact", key: WorkPlace.key, ["--pause-at", "after effect"])
            try await victim.reaches("after effect")
            await victim.kill()
            #expect(try await place.payments() == [])
            #expect(try await place.transacted() == "performed receipt-1")
            #expect(try await place.transacted() == "replayed receipt-1")
            #expect(try await place.payments() == [1])
        }
    }

    @Test("Scenario 4: in transactional mode, kill -9 after the commit: the retry is a replay")
    func killedAfterCommit() async throws {
        try await WorkPlace.use { place in
            let victim = try place.worker("transact", key: WorkPlace.key, ["--pause-at", "after commit"])
            try await victim.reaches("after commit")
            await victim.kill()
            #expect(try await place.transacted() == "replayed receipt-1")
            #expect(try await place.payments() == [1])
        }
    }

    @Test(
        "Scenario 4: kill -9 after the effect: reconcile asks the system that took it and gives its receipt",
        arguments: ["after effect", "before completion"])
    func killedAndReconciled(step: String) async throws {
        try await WorkPlace.use { place in
            try await place.killed(at: step)
            #expect(try await place.answer("--interrupted", "ask") == "replayed receipt-order-1-1")
            #expect(try place.effects() == [1])
            #expect(try await place.record()?.outcome == Victim.outcome("receipt-order-1-1"))
        }
    }
}

import Idempotency
import IdempotencyTestKit
import Testing

@Suite("Store down at the completion") struct Scenario07Tests {
    @Test(
        "Scenario 7: completion refused, store down: told unknown, not released; written when the store is back",
        arguments: Backing.allCases)
    func outage(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            let process = stage.process()
            let told = Call { await stage.call(process) { _ in stage.store.beginOutage() } }
            try await stage.passes(Stage.lease, whenAsleep: 2)
            #expect(try await told.answer() == .inDoubt)
            #expect(stage.ledger.effects == [1])
            #expect(try await stage.record()?.leaseEnd != nil, "not released")

            stage.store.endOutage()
            try await stage.passes(.seconds(2))
            try await eventually("the outcome is recorded") { try await stage.record()?.outcome != nil }
            #expect(await stage.call(stage.process()) == .replayed("receipt-1"))
            #expect(stage.ledger.effects == [1])
        }
    }

    @Test("Scenario 7: meanwhile nothing else runs under the key", arguments: Backing.allCases)
    func meanwhile(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            var victim = Victim(on: stage)
            try await victim.claim()
            _ = try victim.takeEffect()
            stage.time.advance(by: Stage.lease)
            stage.store.beginOutage()
            let told = Call { await stage.call(stage.process(.rerun)) }
            try await stage.passes(.seconds(2))
            #expect(try await told.answer() == .unavailable)
            #expect(stage.ledger.effects == [1])
        }
    }

    @Test(
        "Scenario 7: held in doubt by another process, the attempt settles its own doubt when the store is back",
        arguments: Backing.allCases)
    func ownDoubt(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            var victim = Victim(on: stage)
            try await victim.claim()
            let receipt = try victim.takeEffect()
            stage.time.advance(by: Stage.lease)
            #expect(await stage.call(stage.process(.hold)) == .inDoubt)
            #expect(try await victim.complete(receipt) == .performed(Victim.outcome(receipt), Fence(1)))
            #expect(await stage.call(stage.process(.hold)) == .replayed("receipt-1"))
            #expect(stage.ledger.effects == [1])
        }
    }

    @Test("Scenario 7: the process dies in the outage: reconciled later", arguments: Backing.allCases)
    func dies(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            var victim = Victim(on: stage, interrupted: .reconcile)
            try await victim.claim()
            let receipt = try victim.takeEffect()
            stage.time.advance(by: Stage.lease)
            let process = stage.process(.reconcile { _ in try .tookEffect(returning: receipt) })
            #expect(await stage.call(process) == .replayed("receipt-1"))
            #expect(stage.ledger.effects == [1])
        }
    }
}

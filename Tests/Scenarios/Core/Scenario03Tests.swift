import Idempotency
import IdempotencyTestKit
import Testing

@Suite("Crash after the claim") struct Scenario03Tests {
    @Test(
        "Scenario 3: crash after the claim, before the operation: rerun after the lease under a higher fence",
        arguments: Backing.allCases, [InterruptedRule.rerun, .reconcile])
    func rerun(backing: Backing, rule: InterruptedRule) async throws {
        try await Stage.play(on: backing) { stage in
            var victim = Victim(on: stage, interrupted: rule)
            let claim = try await victim.claim()
            let process = stage.process(rule == .rerun ? .rerun : .reconcile { _ in .didNothing })

            stage.time.advance(by: Stage.lease - .microseconds(1))
            #expect(await stage.call(process) == .inProgress)
            #expect(try await stage.record() == claim)

            stage.time.advance(by: .microseconds(1))
            #expect(await stage.call(process) == .performed("receipt-2"))
            #expect(stage.ledger.effects == [2])
            let record = try #require(try await stage.record())
            #expect(record.fence == Fence(2) && record.attempt == 2 && record.created == claim.created)
        }
    }

    @Test("Scenario 3: where nobody may repeat it, the lapsed claim is held in doubt", arguments: Backing.allCases)
    func held(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            var victim = Victim(on: stage)
            try await victim.claim()
            stage.time.advance(by: Stage.lease)
            #expect(await stage.call(stage.process(.hold)) == .inDoubt)
            #expect(try await stage.record()?.doubt == .leaseLapsed)
            #expect(stage.ledger.effects == [])
        }
    }

    @Test("Scenario 3: kill -9 after the claim: the next process reruns at once, for the dead hold no lock")
    func killed() async throws {
        try await WorkPlace.use { place in
            let victim = try place.worker("--lease", "3600000", pausesAt: "after claim")
            try await victim.reaches("after claim")
            await victim.kill()

            #expect(try await place.answer("--interrupted", "rerun") == "performed receipt-order-1-2")
            #expect(try place.effects() == [2])
            #expect(try await place.record()?.attempt == 2)
        }
    }
}

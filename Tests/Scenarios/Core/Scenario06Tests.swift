import Idempotency
import IdempotencyTestKit
import Testing

@Suite("Lost acknowledgement of a completion") struct Scenario06Tests {
    @Test(
        "Scenario 6: the completion times out but was applied: read back, and the recorded result is answered",
        arguments: Backing.allCases, [StoreFault.loseReply, .failAfter(.full)])
    func applied(backing: Backing, fault: StoreFault) async throws {
        try await Stage.play(on: backing) { stage in
            stage.store.follow(.completions(fault))
            async let told = stage.call(stage.process())
            // The pacemaker and the settlement.
            try await stage.passes(.milliseconds(200), whenAsleep: 2)

            #expect(await told == .performed("receipt-1"))
            #expect(stage.ledger.effects == [1])
            let completions = stage.store.base.log.entries.filter(\.exchange.isCompletion)
            try #require(completions.count == 2)
            guard case .stored = completions[0].reply, case .conflict(let found, _) = completions[1].reply else {
                Issue.record("the second completion did not find the first: \(completions)")
                return
            }
            #expect(found?.outcome == Victim.outcome("receipt-1"))
            #expect(try await stage.record() == found)
            #expect(await stage.call(stage.process()) == .replayed("receipt-1"))
        }
    }

    @Test("Scenario 6: a completion that never arrived is written again", arguments: Backing.allCases)
    func notApplied(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            stage.store.follow(.completions(.loseRequest, .loseRequest))
            async let told = stage.call(stage.process())
            for _ in 0..<2 { try await stage.passes(.milliseconds(200), whenAsleep: 2) }
            #expect(await told == .performed("receipt-1"))
            #expect(try await stage.record()?.outcome == Victim.outcome("receipt-1"))
            #expect(stage.ledger.effects == [1])
        }
    }
}

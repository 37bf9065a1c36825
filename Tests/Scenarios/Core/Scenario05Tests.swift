import Idempotency
import IdempotencyTestKit
import Testing

@Suite("Crash after the completion") struct Scenario05Tests {
    @Test(
        "Scenario 5: crash after completion, before the response: the retry replays the same bytes",
        arguments: Backing.allCases)
    func simulated(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            var victim = Victim(on: stage)
            try await victim.claim()
            let receipt = try victim.takeEffect()
            _ = try await victim.complete(receipt)
            let record = try #require(try await stage.record())

            for policy in [Interrupted.hold, .rerun] {
                #expect(await stage.call(stage.process(policy)) == .replayed("receipt-1"))
            }
            #expect(stage.ledger.effects == [1])
            #expect(try await stage.record() == record)
            #expect(record.outcome == Victim.outcome("receipt-1"))
        }
    }

    @Test(
        "Scenario 5: kill -9 after the completion: the retry replays the same bytes",
        arguments: ["after completion", "answer performed receipt-order-1-1"])
    func killed(step: String) async throws {
        try await WorkPlace.use { place in
            try await place.killed(at: step)
            let record = try #require(try await place.record())
            #expect(try await place.answer("--interrupted", "rerun") == "replayed receipt-order-1-1")
            #expect(try place.effects() == [1])
            #expect(try await place.record() == record)
        }
    }
}

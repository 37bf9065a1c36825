import Idempotency
import IdempotencyTestKit
import Testing

@Suite("A caller that hangs up") struct Scenario11Tests {
    @Test(
        "Scenario 11: the caller leaves in the middle: the operation finishes and its outcome is stored",
        arguments: Backing.allCases)
    func leaves(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            let door = Door()
            let process = stage.process()
            let caller = Call { await stage.call(process) { _ in try await door.pass() } }
            await door.arrival()
            caller.hangUp()
            #expect(try await caller.answer() == .nothing)
            #expect(await stage.call(process) == .inProgress, "it goes on")

            door.open()
            try await eventually("the outcome is recorded") { try await stage.record()?.outcome != nil }
            #expect(stage.ledger.effects == [1])
            #expect(await stage.call(stage.process()) == .replayed("receipt-1"))
            #expect(await process.drain(), "nothing is left of the execution")
        }
    }

    @Test("Scenario 11: the caller leaves before the store answered the claim: nothing runs, nothing is left")
    func leavesEarly() async throws {
        try await Stage.play(on: .memory) { stage in
            stage.store.beginOutage(.loseReply)
            let process = stage.process()
            let caller = Call { await stage.call(process) }
            try await eventually("it waits for the next try") { stage.time.waiting == 1 }
            caller.hangUp()
            #expect(try await caller.answer() == .nothing)
            stage.store.endOutage()
            try await eventually("the claim is taken back") {
                stage.time.advance(by: .seconds(1))
                return try await stage.record() == nil
            }
            #expect(stage.ledger.effects == [])
        }
    }
}

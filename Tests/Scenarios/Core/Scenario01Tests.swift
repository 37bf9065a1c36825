import Idempotency
import Testing

@Suite("Crash before the claim") struct Scenario01Tests {
    @Test("Scenario 1: crash before the claim commits: no record, and the retry runs once", arguments: Backing.allCases)
    func simulated(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            var victim = Victim(on: stage)
            _ = try victim.begin()
            #expect(try await stage.record() == nil)

            #expect(await stage.call(stage.process()) == .performed("receipt-1"))
            #expect(stage.ledger.effects == [1])
            let record = try #require(try await stage.record())
            #expect(record.outcome == Victim.outcome("receipt-1"))
            #expect(record.attempt == 1 && record.fence == Fence(1))
        }
    }

    @Test("Scenario 1: kill -9 before the claim: no record, and the retry runs once")
    func killed() async throws {
        try await WorkPlace.use { place in
            let victim = try place.worker(pausesAt: "before claim")
            try await victim.reaches("before claim")
            await victim.kill()
            #expect(try await place.record() == nil)

            #expect(try await place.answer() == "performed receipt-order-1-1")
            #expect(try place.effects() == [1])
            #expect(try await place.record()?.attempt == 1)
        }
    }
}

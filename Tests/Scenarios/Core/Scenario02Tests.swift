import Idempotency
import IdempotencyTestKit
import Testing

@Suite("Lost acknowledgement of a claim") struct Scenario02Tests {
    @Test(
        "Scenario 2: the claim commits and its reply is lost: the process recognises its own claim and goes on",
        arguments: Backing.allCases, [1, 3])
    func lost(backing: Backing, times: Int) async throws {
        try await Stage.play(on: backing) { stage in
            stage.store.follow(FaultPlan { call, _ in call < times ? .loseReply : nil })
            async let told = stage.call(stage.process())
            for _ in 0..<times { try await stage.passes(.milliseconds(200)) }

            #expect(await told == .performed("receipt-1"))
            #expect(stage.ledger.effects == [1])
            let record = try #require(try await stage.record())
            #expect(record.outcome != nil && record.attempt == 1 && record.fence == Fence(1))
            let claims = stage.store.base.log.entries.filter { $0.exchange.expecting == .vacant }
            #expect(claims.count == times + 1, "stored once, then found again")
            #expect(Set(claims.compactMap { $0.exchange.next?.owner }).count == 1)
            #expect(await stage.call(stage.process()) == .replayed("receipt-1"))
        }
    }

    @Test("Scenario 2: a claim that the network delivers twice changes nothing", arguments: Backing.allCases)
    func repeated(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            stage.store.follow(.script(.repeatLater(.seconds(1))))
            #expect(await stage.call(stage.process()) == .performed("receipt-1"))
            let record = try await stage.record()
            stage.time.advance(by: .seconds(1))
            try await eventually("the second delivery") { stage.store.base.log.entries.count == 3 }
            #expect(try await stage.record() == record)
            #expect(stage.ledger.effects == [1])
        }
    }
}

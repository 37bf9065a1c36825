import Idempotency
import IdempotencyTestKit
import Testing

@Suite("The end of the retention") struct Scenario13Tests {
    @Test("Scenario 13: a microsecond before expiry the key is replayed", arguments: Backing.allCases)
    func before(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            #expect(await stage.call(stage.process()) == .performed("receipt-1"))
            let expires = try #require(try await stage.record()?.expires)
            #expect(expires - stage.time.now == Stage.retention)
            stage.time.set(to: Timestamp(microseconds: expires.microseconds - 1))
            #expect(await stage.call(stage.process()) == .replayed("receipt-1"))
            #expect(try await stage.store.sweep(limit: 10) == 0)
            #expect(stage.ledger.effects == [1])
        }
    }

    @Test(
        "Scenario 13: at the very instant of expiry the key runs anew, under a higher fence",
        arguments: Backing.allCases)
    func at(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            #expect(await stage.call(stage.process()) == .performed("receipt-1"))
            stage.time.set(to: try #require(try await stage.record()?.expires))
            #expect(try await stage.record() == nil)
            let processes = [stage.process { $0.wait = .seconds(60) }, stage.process { $0.wait = .seconds(60) }]
            async let one = stage.call(processes[0])
            #expect(await one == .performed("receipt-2"))
            #expect(await stage.call(processes[1]) == .replayed("receipt-2"))
            #expect(stage.ledger.effects == [1, 2])
            #expect(try await stage.record()?.attempt == 1)
        }
    }

    @Test("Scenario 13: expiry never removes what is running or in doubt", arguments: Backing.allCases, [false, true])
    func unsettled(backing: Backing, inDoubt: Bool) async throws {
        try await Stage.play(on: backing) { stage in
            var victim = Victim(on: stage)
            try await victim.claim()
            let receipt = try victim.takeEffect()
            if inDoubt {
                stage.time.advance(by: Stage.lease)
                #expect(await stage.call(stage.process(.hold)) == .inDoubt)
            }
            let record = try await stage.record()
            stage.time.advance(by: Stage.retention * 3650)
            #expect(try await stage.store.sweep(limit: 10) == 0)
            #expect(try await stage.record() == record)
            #expect(try await victim.complete(receipt) == .performed(Victim.outcome(receipt), Fence(1)))
            #expect(await stage.call(stage.process()) == .replayed("receipt-1"))
            #expect(stage.ledger.effects == [1])
        }
    }
}

import Idempotency
import IdempotencyTestKit
import Testing

@Suite("Another request under the same key") struct Scenario09Tests {
    @Test(
        "Scenario 9: same key, another request, after completion: mismatch, no effect, original intact",
        arguments: Backing.allCases)
    func afterCompletion(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            #expect(await stage.call(stage.process()) == .performed("receipt-1"))
            let record = try await stage.record()
            for policy in [Interrupted.hold, .rerun, .reconcile { _ in .didNothing }] {
                #expect(await stage.call(stage.process(policy), asking: "11 EUR") == .mismatch)
            }
            #expect(try await stage.record() == record)
            #expect(stage.ledger.effects == [1])
            #expect(await stage.call(stage.process()) == .replayed("receipt-1"))
        }
    }

    @Test(
        "Scenario 9: same key, another request, while the first runs: mismatch at once, not in progress",
        arguments: Backing.allCases)
    func whileRunning(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            let door = Door()
            let process = stage.process { $0.wait = .seconds(60) }
            let first = Call { await stage.call(process) { _ in try await door.pass() } }
            await door.arrival()
            let record = try await stage.record()
            #expect(await stage.call(process, asking: "11 EUR") == .mismatch)
            #expect(await stage.call(stage.process { $0.wait = .seconds(60) }, asking: "11 EUR") == .mismatch)
            #expect(try await stage.record() == record)
            door.open()
            #expect(try await first.answer() == .performed("receipt-1"))
            #expect(stage.ledger.effects == [1])
        }
    }

    @Test(
        "Scenario 9: same key, another request, after the lease lapsed or in doubt: mismatch, nothing is taken over",
        arguments: Backing.allCases)
    func lapsed(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            var victim = Victim(on: stage)
            let claim = try await victim.claim()
            stage.time.advance(by: Stage.lease)
            for policy in [Interrupted.hold, .rerun, .reconcile { _ in .didNothing }] {
                #expect(await stage.call(stage.process(policy), asking: "11 EUR") == .mismatch)
            }
            #expect(try await stage.record() == claim)
            #expect(await stage.call(stage.process(.hold)) == .inDoubt)
            #expect(await stage.call(stage.process(.rerun), asking: "11 EUR") == .mismatch)
            #expect(stage.ledger.effects == [])
        }
    }
}

import Idempotency
import IdempotencyTestKit
import Testing

@Suite("A renewal that comes too late") struct Scenario16Tests {
    @Test(
        "Scenario 16: the store takes longer than the lease to renew: the owner stops by its own monotonic clock",
        arguments: Backing.allCases)
    func watchdog(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            stage.store.follow(.renewals(.delayRequest(Stage.lease * 4)))
            let door = Door()
            let process = stage.process()
            let told = Call { await stage.call(process) { _ in try await door.pass() } }
            await door.arrival()
            // The pacemaker; then the pacemaker and the renewal that hangs.
            try await stage.passes(Stage.lease / 3)
            try await stage.passes(Stage.lease * 2 / 3 - .microseconds(1), whenAsleep: 2)
            try await eventually("the pacemaker has looked") { stage.time.waiting == 2 }
            #expect(process.executionsUnderWay == 1, "not a moment before the lease is over")

            // The operation was cancelled before its effect; nobody has told what that means, so it is held in doubt.
            #expect(try await told.answer { stage.time.advance(by: .seconds(1)) } == .inDoubt)
            #expect(stage.ledger.effects == [])
            #expect(try await stage.record()?.doubt == .unknownEnd)
        }
    }

    @Test(
        "Scenario 16: another process takes over when the lease is over; the late renewal does not take the key back",
        arguments: Backing.allCases)
    func lateRenewal(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            stage.store.follow(.renewals(.delayRequest(Stage.lease * 4)))
            let door = Door()
            // The clock of the owner stands still when the store's goes on.
            let clock = ManualClock()
            let owner = stage.process(.rerun, clock: clock)
            let told = Call { await stage.call(owner) { _ in try await door.pass() } }
            await door.arrival()
            try await eventually("the pacemaker") { clock.waiting == 1 }
            clock.advance(by: Stage.lease / 3 + .seconds(1))
            try await eventually("the renewal hangs") { stage.time.waiting == 1 }
            stage.time.advance(by: Stage.lease)
            #expect(await stage.call(stage.process(.rerun)) == .performed("receipt-2"))
            let record = try await stage.record()

            #expect(try await told.answer { clock.advance(by: .seconds(1)) } == .replayed("receipt-2"))
            stage.time.advance(by: Stage.lease * 4)
            try await eventually("the late renewal") {
                stage.store.base.log.entries.contains { $0.exchange.isRenewal && $0.result != nil }
            }
            #expect(try await stage.record() == record)
            #expect(stage.ledger.effects == [2])
        }
    }

    @Test("Scenario 16: renewals that fail for a while and then succeed lose nothing", arguments: Backing.allCases)
    func blink(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            stage.store.follow(.renewals(.refuse))
            let door = Door()
            let told = Call { await stage.call(stage.process()) { _ in try await door.pass() } }
            await door.arrival()
            for _ in 0..<20 { try await stage.passes(.seconds(1)) }
            stage.store.follow(.none)
            // A second at a time and with leisure: the lease ends ten seconds from now.
            for _ in 0..<8 where try await stage.record()?.renewals == 0 {
                try await stage.passes(.seconds(1))
                try? await eventually("a renewal", within: .milliseconds(100)) {
                    try await stage.record()?.renewals ?? 0 > 0
                }
            }
            #expect(try await stage.record()?.renewals == 1)
            #expect(await stage.call(stage.process(.rerun)) == .inProgress)
            door.open()
            #expect(try await told.answer() == .performed("receipt-1"))
            #expect(stage.ledger.effects == [1])
        }
    }
}

import Idempotency
import IdempotencyTestKit
import Testing

@Suite("An owner that sleeps past its lease") struct Scenario14Tests {
    @Test(
        "Scenario 14: the first attempt comes back late: nothing that it writes counts, it is told the recorded result",
        arguments: Backing.allCases)
    func simulated(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            var sleeper = Victim(on: stage, interrupted: .rerun)
            try await sleeper.claim()
            stage.time.advance(by: Stage.lease)
            #expect(await stage.call(stage.process(.rerun)) == .performed("receipt-2"))
            let record = try await stage.record()

            #expect(throws: EffectLedger.StaleFence.self) { try sleeper.takeEffect() }
            #expect(try await sleeper.save([1]) == false)
            #expect(sleeper.isLeaseLost)
            #expect(try await sleeper.complete("receipt-1") == .replayed(Victim.outcome("receipt-2")))
            #expect(stage.ledger.effects == [2])
            #expect(try await stage.record() == record)
        }
    }

    @Test(
        "Scenario 14: the first attempt wakes while the second runs: it is told that it was superseded",
        arguments: Backing.allCases)
    func whileTheSecondRuns(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            var sleeper = Victim(on: stage, interrupted: .rerun)
            try await sleeper.claim()
            stage.time.advance(by: Stage.lease)
            let door = Door()
            let second = Call { await stage.call(stage.process(.rerun)) { _ in try await door.pass() } }
            await door.arrival()
            let record = try await stage.record()
            #expect(try await sleeper.complete("receipt-1") == .superseded)
            #expect(try await stage.record() == record)
            door.open()
            #expect(try await second.answer() == .performed("receipt-2"))
            #expect(stage.ledger.effects == [2])
        }
    }

    @Test("Scenario 14: a late release frees nothing that another attempt has", arguments: Backing.allCases)
    func release(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            var sleeper = Victim(on: stage, interrupted: .rerun)
            try await sleeper.claim()
            stage.time.advance(by: Stage.lease)
            #expect(await stage.call(stage.process(.rerun)) == .performed("receipt-2"))
            #expect(try await sleeper.release() == .replayed(Victim.outcome("receipt-2")))
            #expect(await stage.call(stage.process(.rerun)) == .replayed("receipt-2"))
        }
    }

    // The lease is long enough for SIGSTOP to come before the first renewal: who is stopped in the middle of a write
    // keeps an SQLite file locked, and everyone else is refused until it wakes.
    @Test(
        "Scenario 14: SIGSTOP past the lease, another process takes over, SIGCONT: one effect, one result",
        arguments: WorkPlace.Sharing.allCases)
    func stopped(sharing: WorkPlace.Sharing) async throws {
        try await WorkPlace.use(sharing) { place in
            let (sleeper, record) = try await overtaken("before effect", in: place)

            sleeper.wake()
            sleeper.goOn()
            #expect(try await sleeper.answer() == "replayed receipt-order-1-2")
            #expect(try place.effects() == [2])
            #expect(try await place.record() == record)
        }
    }

    @Test(
        "Scenario 14: SIGSTOP before the completion, another process takes over, SIGCONT: the completion is refused",
        arguments: WorkPlace.Sharing.allCases)
    func stoppedBeforeTheCompletion(sharing: WorkPlace.Sharing) async throws {
        try await WorkPlace.use(sharing) { place in
            let (sleeper, record) = try await overtaken("before completion", in: place)
            #expect(record?.fence == Fence(2))

            sleeper.wake()
            sleeper.goOn()
            // It has taken effect before it slept, and `rerun` says that this may happen twice; there is one result.
            try await sleeper.reaches("refused completion")
            #expect(try await sleeper.answer() == "replayed receipt-order-1-2")
            #expect(try place.effects() == [1, 2])
            #expect(try await place.record() == record)
        }
    }

    @Test(
        "Scenario 14: SIGSTOP after the effect, held by another process, SIGCONT: it settles its own doubt",
        arguments: WorkPlace.Sharing.allCases)
    func stoppedAfterTheEffect(sharing: WorkPlace.Sharing) async throws {
        try await WorkPlace.use(sharing) { place in
            let sleeper = try place.worker("--lease", "3000", pausesAt: "after effect")
            try await sleeper.reaches("after effect")
            sleeper.stop()
            let told = try await place.answer("--lease", "3000", "--wait", "20000")
            let record = try await place.record()
            #expect(told == "refused inDoubt")
            #expect(record?.doubt == .leaseLapsed)

            sleeper.wake()
            sleeper.goOn()
            #expect(try await sleeper.answer() == "performed receipt-order-1-1")
            #expect(try await place.answer() == "replayed receipt-order-1-1")
            #expect(try place.effects() == [1])
        }
    }

    /// A process that is stopped at a step for longer than its lease, and what another one has made of the key by then.
    private func overtaken(_ step: String, in place: WorkPlace) async throws -> (sleeper: Worker, record: Record?) {
        let sleeper = try place.worker("--lease", "3000", "--interrupted", "rerun", pausesAt: step)
        try await sleeper.reaches(step)
        sleeper.stop()
        let answer = try await place.answer("--interrupted", "rerun", "--lease", "3000", "--wait", "20000")
        #expect(answer == "performed receipt-order-1-2")
        return (sleeper, try await place.record())
    }
}

import Idempotency
import IdempotencyTestKit
import Testing

@Suite("Shutdown in the middle") struct Scenario12Tests {
    @Test(
        "Scenario 12: a graceful shutdown lets the operation finish and refuses new ones", arguments: Backing.allCases)
    func drained(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            let door = Door()
            let process = stage.process()
            let told = Call { await stage.call(process) { _ in try await door.pass() } }
            await door.arrival()
            async let drained = process.drain()
            // The pacemaker and the end of the drain.
            try await eventually("the drain has begun") { stage.time.waiting == 2 }
            let other = stage.process { $0.claimPatience = .zero }
            #expect(await stage.call(other) == .inProgress)
            door.open()
            #expect(try await told.answer() == .performed("receipt-1"))
            #expect(await drained)
            let late = await #expect(throws: OnceError.self) {
                _ = try await process.perform(IdempotencyKey("order-2"), scope: stage.scope) { _ in 0 }
            }
            #expect(late?.code == .shuttingDown && late?.retry == .sameKey)
            #expect(stage.ledger.effects == [1])
        }
    }

    @Test(
        "Scenario 12: what the drain does not wait for becomes unknown, and is not rerun", arguments: Backing.allCases)
    func undrained(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            // An operation that has taken effect and then hangs, in a process that ends before it.
            var victim = Victim(on: stage)
            try await victim.claim()
            _ = try victim.takeEffect()
            stage.time.advance(by: Stage.lease)
            #expect(await stage.call(stage.process(.hold)) == .inDoubt)
            #expect(stage.ledger.effects == [1])
        }
    }

    @Test("Scenario 12: SIGTERM in the middle: the process finishes what it has begun, then ends")
    func terminated() async throws {
        try await WorkPlace.use { place in
            let worker = try place.worker(pausesAt: "before effect")
            try await worker.reaches("before effect")
            worker.terminate()
            worker.goOn()
            #expect(try await worker.answer() == "performed receipt-order-1-1")
            #expect(await worker.end() == 0)
            #expect(try place.effects() == [1])
            #expect(try await place.record()?.outcome == Victim.outcome("receipt-order-1-1"))
        }
    }

    @Test("Scenario 12: SIGTERM and the drain is over: unknown to the next process, not rerun")
    func terminatedTooEarly() async throws {
        try await WorkPlace.use { place in
            let worker = try place.worker("--drain", "100", pausesAt: "after effect")
            try await worker.reaches("after effect")
            worker.terminate()
            try await worker.reaches("left running")
            #expect(await worker.end() == 0)
            #expect(try await place.answer("--interrupted", "hold") == "refused inDoubt")
            #expect(try place.effects() == [1])
        }
    }
}

import Idempotency
import IdempotencyTestKit
import Testing

@Suite("Stories of leases") struct LeaseStoryTests {
    @Test("Story 10: a renewal that is answered late counts from when it was sent, not from the answer")
    func fromTheSending() async throws {
        try await Stage.play(on: .memory) { stage in
            func moment(_ seconds: Int) -> Moment { Moment(nanoseconds: 0) + .seconds(seconds) }
            let terms = Terms(lease: Stage.lease, retention: Stage.retention, interrupted: .hold)
            var execution = Execution(stage.request, terms: terms, owner: Owner(high: 1, low: 2))
            let claim = try #require(execution.begin(at: moment(0)).write)
            let granted = try await stage.store.exchange(claim.exchange)
            #expect(execution.replied(granted, to: claim.purpose, at: moment(0)).start != nil)

            stage.time.advance(by: .seconds(11))
            let renewal = try #require(execution.tick(at: moment(11)).write)
            let renewed = try await stage.store.exchange(renewal.exchange)
            #expect(execution.replied(renewed, to: renewal.purpose, at: moment(29)) == Effects())
            #expect(execution.leaseEnd == moment(41), "eleven and thirty, not twenty-nine and thirty")

            #expect(execution.tick(at: moment(29)).write != nil, "the next renewal, which the store never answers")
            #expect(!execution.tick(at: moment(40)).cancelsOperation)
            #expect(execution.tick(at: moment(41)).cancelsOperation)
        }
    }

    @Test("Story 10: a heartbeat of the first never prolongs the lease of the second", arguments: Backing.allCases)
    func ownHeartbeat(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            var first = Victim(on: stage, interrupted: .rerun)
            try await first.claim()
            stage.time.advance(by: Stage.lease)
            let door = Door()
            let second = Call { await stage.call(stage.process(.rerun)) { _ in try await door.pass() } }
            await door.arrival()
            let record = try await stage.record()
            stage.time.advance(by: .seconds(1))
            #expect(try await first.save([7]) == false)
            #expect(try await stage.record() == record)
            door.open()
            #expect(try await second.answer() == .performed("receipt-2"))
        }
    }
}

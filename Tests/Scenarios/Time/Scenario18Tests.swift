import Idempotency
import IdempotencyTestKit
import Testing

@Suite("Two takeovers at once") struct Scenario18Tests {
    @Test(
        "Scenario 18: two see the same lapsed lease: one takes over, the other is refused", arguments: Backing.allCases)
    func simulated(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            var dead = Victim(on: stage, interrupted: .rerun)
            try await dead.claim()
            stage.time.advance(by: Stage.lease)

            var racers = [Victim(on: stage, interrupted: .rerun), Victim(on: stage, interrupted: .rerun)]
            var takeovers: [Effects.Write] = []
            for index in racers.indices {
                let claim = try racers[index].begin()
                takeovers.append(try #require(try await racers[index].send(claim).write))
            }
            let first = try await racers[0].send(takeovers[0])
            let second = try await racers[1].send(takeovers[1])
            guard case .operation(let record) = first.start else {
                Issue.record("the first takeover did not start the operation")
                return
            }
            #expect(record.fence == Fence(2) && record.attempt == 2)
            guard case .inProgress = second.answer else {
                Issue.record("the second takeover was not refused: \(second)")
                return
            }
            #expect(second.start == nil)
            #expect(try await racers[0].complete(racers[0].takeEffect()) != nil)
            #expect(stage.ledger.effects == [2])
        }
    }

    @Test("Scenario 18: many processes find the same lapsed lease at once: one effect", arguments: Backing.allCases)
    func many(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            var dead = Victim(on: stage, interrupted: .rerun)
            try await dead.claim()
            stage.time.advance(by: Stage.lease)
            let told = await withTaskGroup(of: Told.self, returning: [Told].self) { group in
                for _ in 0..<16 { group.addTask { await stage.call(stage.process(.rerun)) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(told.count { $0 == .performed("receipt-2") } == 1)
            #expect(Set(told).isSubset(of: [.performed("receipt-2"), .replayed("receipt-2"), .inProgress]))
            #expect(stage.ledger.effects == [2])
            #expect(try await stage.record()?.attempt == 2)
        }
    }

    @Test("Scenario 18: two processes race for what a killed one has left: one effect")
    func real() async throws {
        try await WorkPlace.use { place in
            try await place.killed(at: "after claim")
            async let one = place.answer("--interrupted", "rerun", "--wait", "20000")
            async let other = place.answer("--interrupted", "rerun", "--wait", "20000")
            let told = try await [one, other].sorted()
            #expect(told == ["performed receipt-order-1-2", "replayed receipt-order-1-2"])
            #expect(try place.effects() == [2])
            #expect(try await place.record()?.attempt == 2)
        }
    }
}

import Idempotency
import IdempotencyTestKit
import Testing

@Suite("A store with something wrong with it") struct BrokenStoreTests {
    @Test("Fails the conformance suite on a manual clock", arguments: BrokenStore.Bug.allCases)
    func caught(bug: BrokenStore.Bug) async throws {
        for check in StoreConformance.checks {
            let clock = ManualClock()
            let suite = StoreConformance(clock: clock) { BrokenStore(bug, clock: clock) }
            do {
                try await suite.run(check)
            } catch let failure as ConformanceFailure {
                #expect(failure.check == check.name && failure.description.contains(Seed.variable))
                return
            }
        }
        Issue.record("\(bug) was not caught")
    }

    @Test("A check for an ability that a store does not have is skipped and says which")
    func skips() async throws {
        let check = try #require(StoreConformance.checks.first { $0.abilities == [.listing] })
        let result = try await StoreConformance { BrokenStore(.lostUpdate) }.run(check)
        #expect(result == .skipped(.listing))
    }

    @Test("A failure names the check, what was found and the seed that repeats it")
    func describes() async throws {
        let check = try #require(StoreConformance.checks.first)
        await #expect {
            try await StoreConformance(seed: 77) { BrokenStore(.lostUpdate) }.run(check)
        } throws: { error in
            let text = "\(error)"
            return text.contains(check.name) && text.contains("Expected:") && text.contains("IDEMPOTENCY_SEED=77")
        }
    }
}

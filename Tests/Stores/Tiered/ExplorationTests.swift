import Idempotency
import IdempotencyTestKit
import Testing

/// Every order of questions to the two stores, in scenarios of a few processes.
@Suite("Tiers: every order") struct ExplorationTests {
    @Test("Two stores are one register, as long as the one in front loses nothing", arguments: TierScenario.all)
    func linearizable(scenario: TierScenario) async {
        let exploration = await explore(TierSystem(scenario: scenario))
        #expect(exploration.counterexample == nil, "\(exploration.counterexample.map { "\($0)" } ?? "")")
        #expect(exploration.isComplete)
        print("tiers, \(scenario.name): \(exploration.states) states, \(exploration.transitions) steps")
    }

    @Test(
        "Whenever the store in front loses everything, there is one outcome and nobody is let in after it",
        arguments: TierScenario.all)
    func losses(scenario: TierScenario) async {
        let exploration = await explore(TierSystem(scenario: scenario, losses: 1))
        #expect(exploration.counterexample == nil, "\(exploration.counterexample.map { "\($0)" } ?? "")")
        #expect(exploration.isComplete)
        print("tiers with a loss, \(scenario.name): \(exploration.states) states")
    }

    /// On a thread of its own: it never waits.
    private func explore(_ system: TierSystem) async -> Exploration {
        await Task.detached { Explorer(system, stateLimit: 3_000_000).explore() }.value
    }
}

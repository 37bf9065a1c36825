import Idempotency
import IdempotencyTestKit
import Testing

/// Every order of questions to the two stores, in scenarios of a few processes.
@Suite("Tiers: every order", .serialized) struct ExplorationTests {
    @Test("Two stores are one register, as long as the one in front loses nothing", arguments: TierScenario.all)
    func linearizable(scenario: TierScenario) async {
        let exploration = await explore(TierSystem(scenario: scenario, turnLimit: scenario.isLarge ? 1 : 2))
        #expect(exploration.counterexample == nil, "\(exploration.counterexample.map { "\($0)" } ?? "")")
        #expect(exploration.isComplete)
    }

    @Test(
        "Whenever the store in front loses everything, there is one outcome and nobody is let in after it",
        arguments: TierScenario.withLosses)
    func losses(scenario: TierScenario) async {
        let exploration = await explore(TierSystem(scenario: scenario, losses: 1, turnLimit: 1))
        #expect(exploration.counterexample == nil, "\(exploration.counterexample.map { "\($0)" } ?? "")")
        #expect(exploration.isComplete)
    }

    @Test("A mistake that is planted is found", arguments: PlantedTierFault.allCases)
    func planted(fault: PlantedTierFault) async {
        let (scenario, losses) = fault.shownBy
        let exploration = await explore(TierSystem(scenario: scenario, losses: losses, fault: fault))
        #expect(exploration.counterexample != nil)
    }

    /// On a thread of its own: it never waits.
    private func explore(_ system: TierSystem) async -> Exploration {
        await Task.detached { Explorer(system, stateLimit: 200_000).explore() }.value
    }
}

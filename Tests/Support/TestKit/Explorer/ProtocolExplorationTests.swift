import Foundation
import IdempotencyTestKit
import Testing

@Suite("The protocol") struct ProtocolExplorationTests {
    /// `IDEMPOTENCY_EXPLORE=deep` gives every scenario more time: minutes instead of seconds.
    static let scenarios =
        ProcessInfo.processInfo.environment["IDEMPOTENCY_EXPLORE"] == "deep"
        ? ProtocolScenario.all.map(\.deeper) : ProtocolScenario.all

    @Test("Keeps its promises in every state that can be reached", arguments: scenarios)
    func keepsPromises(scenario: ProtocolScenario) async {
        let exploration = await explore(ProtocolSystem(scenario))
        print("Explored \(scenario): \(exploration)")
        #expect(exploration.counterexample == nil)
        #expect(exploration.isComplete)
    }
}

import IdempotencyTestKit
import Testing

@Suite("A fault planted in the protocol") struct PlantedFaultTests {
    @Test("Is found, with a history that shows it", arguments: PlantedFault.allCases)
    func found(fault: PlantedFault) async throws {
        let exploration = await explore(ProtocolSystem(fault.scenario, planted: fault))
        let counterexample = try #require(exploration.counterexample, "\(fault) was not found: \(exploration)")
        print("Found \(fault): \(exploration.states) states, \(counterexample.steps.count) steps")
        #expect(!counterexample.steps.isEmpty && counterexample.description.contains("✗"))
    }
}

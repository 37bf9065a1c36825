import Idempotency

/// The protocol as a system to explore: the real engine (`Execution`) and the real specification of a store
/// (`Register`) under everything that may happen between them.
package struct ProtocolSystem: ExplorableSystem {
    package let scenario: ProtocolScenario
    let register: RegisterModel
    let decision: DecisionModel

    static let id = RecordID(Digest(1, 2, 3, 4))

    /// The protocol in this scenario, with a fault planted in it or without.
    package init(_ scenario: ProtocolScenario, planted fault: PlantedFault? = nil) {
        self.scenario = scenario
        register = fault?.register ?? .real
        decision = fault?.decision ?? .real
    }

    package var initial: ProtocolWorld {
        ProtocolWorld(attempts: scenario.requests.map { _ in Participant() }, budget: scenario.budget)
    }

    /// A fresh execution for an attempt.
    func execution(_ attempt: Int) -> Execution {
        var terms = scenario.terms
        terms.interrupted = decision.rule(terms.interrupted)
        return Execution(request(attempt), terms: terms, owner: decision.owner(attempt))
    }

    /// What an attempt asks.
    func request(_ attempt: Int) -> Request {
        let number = scenario.requests[attempt]
        return Request(id: Self.id, fingerprint: Fingerprint(algorithm: 1, digest: Digest(number, 0, 0, 0)))
    }

    /// What the operation of an attempt answers.
    func outcome(_ attempt: Int) -> Outcome { Outcome(.success, [UInt8(attempt + 1)]) }

    package func summary(of world: ProtocolWorld) -> String {
        let attempts = world.attempts.indices.map { index in
            let attempt = world.attempts[index]
            guard attempt.hasBegun else { return "–" }
            let belief = believes(index, world) ? " holds the lease" : ""
            return "\(attempt.execution == nil ? "gone" : "\(attempt.work)")\(belief)"
                + (attempt.answer.map { ", told \($0.name)" } ?? "")
        }
        return "\(world.register.current(at: world.time)?.summary ?? "vacant") at \(world.time.microseconds); "
            + "attempts: \(attempts.joined(separator: " | "))"
    }
}

/// Measures contenders side by side: every round runs each of them once, so that what disturbs the machine disturbs all
/// alike.
struct Comparison {
    /// How many rounds count. One more comes first, which warms up.
    var rounds: Int

    /// What came of each contender, in their order. One that fails is taken out; the others go on.
    func run(_ contenders: [Contender]) async -> [Measurement] {
        var measurements = contenders.map { Measurement(name: $0.name) }
        for round in 0...rounds {
            for (index, contender) in contenders.enumerated() where measurements[index].failure == nil {
                do {
                    let sample = try await contender.measure()
                    if round > 0 { measurements[index].add(sample) }
                } catch {
                    measurements[index].fail("\(error)")
                }
            }
        }
        return measurements
    }
}

import Histogram

/// Measures contenders side by side: every round runs each of them once, so that what disturbs the machine disturbs all
/// alike.
struct Comparison {
    /// How many rounds count. One more comes first, which warms up.
    var rounds: Int

    /// What came of each contender, in their order.
    func run(_ contenders: [Contender]) async throws -> [Measurement] {
        var measurements = contenders.map { Measurement(name: $0.name) }
        for round in 0...rounds {
            for (index, contender) in contenders.enumerated() {
                let sample = try await contender.measure()
                if round > 0 { measurements[index].add(sample) }
            }
        }
        return measurements
    }
}

/// What was measured of one contender, over all rounds.
struct Measurement {
    let name: String
    /// Operations per second, one value a round.
    private(set) var rates: [Double] = []
    private(set) var latencies = Sample.histogram()
    private var operations = 0
    private var allocations: UInt64 = 0

    init(name: String) {
        self.name = name
    }

    mutating func add(_ sample: Sample) {
        rates.append(sample.rate)
        latencies.add(sample.latencies)
        operations += sample.operations
        allocations += sample.allocations
    }

    /// The median over the rounds.
    var rate: Double { Self.median(rates) }

    /// How much faster it is than another: the median of what the rounds say, each of which ran both.
    func ratio(to other: Measurement) -> Double {
        Self.median(zip(rates, other.rates).map { $0 / $1 })
    }

    /// Microseconds, at a percentile of all operations of all rounds.
    func latency(_ percentile: Double) -> Double {
        Double(latencies.valueAtPercentile(percentile)) / 1000
    }

    /// Allocations per operation, those of the measuring itself included.
    var allocationsPerOperation: Double { Double(allocations) / Double(max(operations, 1)) }

    /// The middle one of some values, or the mean of the two in the middle.
    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard let last = sorted.indices.last else { return .nan }
        return (sorted[last / 2] + sorted[(last + 1) / 2]) / 2
    }
}

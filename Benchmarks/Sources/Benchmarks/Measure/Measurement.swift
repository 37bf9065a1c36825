/// What was measured of one contender, over all rounds.
struct Measurement {
    let name: String
    /// Operations per second, one value a round.
    private(set) var rates: [Double] = []
    private(set) var latencies = Sample.histogram()
    /// Why the contender was taken out; then nothing of it counts.
    private(set) var failure: String?
    private var operations = 0
    private var allocations: UInt64 = 0
    private var swept = 0
    private var seconds = 0.0

    init(name: String) {
        self.name = name
    }

    mutating func add(_ sample: Sample) {
        rates.append(sample.rate)
        latencies.add(sample.latencies)
        operations += sample.operations
        allocations += sample.allocations
        swept += sample.swept
        seconds += sample.seconds
    }

    /// Takes the contender out.
    mutating func fail(_ reason: String) {
        self = Measurement(name: name)
        failure = reason
    }

    /// The median over the rounds.
    var rate: Double { Self.median(rates) }

    /// How much faster it is than another: the median of what the rounds say, each of which ran both.
    func ratio(to other: Measurement) -> Double {
        Self.median(zip(rates, other.rates).map { $0 / $1 })
    }

    /// Microseconds, at a percentile of all operations of all rounds.
    func latency(_ percentile: Double) -> Double {
        rates.isEmpty ? .nan : Double(latencies.valueAtPercentile(percentile)) / 1000
    }

    /// Allocations per operation, those of the measuring itself included.
    var allocationsPerOperation: Double {
        operations > 0 ? Double(allocations) / Double(operations) : .nan
    }

    /// Expired records removed per second.
    var sweptPerSecond: Double { seconds > 0 ? Double(swept) / seconds : .nan }

    /// The middle one of some values, or the mean of the two in the middle.
    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard let last = sorted.indices.last else { return .nan }
        return (sorted[last / 2] + sorted[(last + 1) / 2]) / 2
    }
}

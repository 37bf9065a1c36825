import Histogram

/// Something that can be done many times at once, and what it is compared with.
struct Benchmark: Sendable {
    /// What the row is called.
    var name: String
    /// How many callers do it at once.
    var callers: Int
    /// How often each caller does it in a round.
    var repetitions: Int
    /// Does it once; gets a number that no other call of the run gets.
    var body: @Sendable (Int) async throws -> Void
}

/// What was measured of one benchmark, over all rounds.
struct Measurement {
    var name: String
    var callers: Int
    /// Operations per second, one value a round.
    var rates: [Double] = []
    var latencies = Histogram<UInt64>(highestTrackableValue: 60_000_000_000, numberOfSignificantValueDigits: .two)

    /// The median of the rounds.
    var rate: Double { rates.sorted()[rates.count / 2] }

    /// Microseconds, at a percentile.
    func latency(_ percentile: Double) -> Double {
        Double(latencies.valueAtPercentile(percentile)) / 1000
    }
}

/// Runs benchmarks side by side: every round runs each of them once, so that what disturbs the machine disturbs all
/// alike.
struct Comparison {
    var rounds: Int

    func run(_ benchmarks: [Benchmark]) async throws -> [Measurement] {
        var measurements = benchmarks.map { Measurement(name: $0.name, callers: $0.callers) }
        var next = 0
        // The first round warms up and does not count.
        for round in 0...rounds {
            for (index, benchmark) in benchmarks.enumerated() {
                let first = next
                next += benchmark.callers * benchmark.repetitions
                let (seconds, latencies) = try await time(benchmark, from: first)
                guard round > 0 else { continue }
                measurements[index].rates.append(Double(benchmark.callers * benchmark.repetitions) / seconds)
                for latency in latencies { measurements[index].latencies.record(latency) }
            }
        }
        return measurements
    }

    private func time(_ benchmark: Benchmark, from first: Int) async throws -> (seconds: Double, latencies: [UInt64]) {
        let clock = ContinuousClock()
        let start = clock.now
        let latencies = try await withThrowingTaskGroup(of: [UInt64].self) { group in
            for caller in 0..<benchmark.callers {
                group.addTask {
                    var latencies: [UInt64] = []
                    latencies.reserveCapacity(benchmark.repetitions)
                    for repetition in 0..<benchmark.repetitions {
                        let begin = clock.now
                        try await benchmark.body(first + caller * benchmark.repetitions + repetition)
                        latencies.append(UInt64((clock.now - begin) / .nanoseconds(1)))
                    }
                    return latencies
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return ((clock.now - start) / .seconds(1), latencies)
    }
}

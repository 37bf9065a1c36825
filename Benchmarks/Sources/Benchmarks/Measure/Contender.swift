import CAllocations
import Histogram

/// Something that is measured beside others.
struct Contender {
    /// What its row is called.
    var name: String
    /// Runs it for a round.
    var measure: () async throws -> Sample

    /// One that is measured by whatever measures it.
    init(_ name: String, measure: @escaping () async throws -> Sample) {
        self.name = name
        self.measure = measure
    }

    /// One that is a function of this process: `callers` tasks do it one time after the other for some seconds.
    ///
    /// - Parameter body: Does it once; gets a number that no other call of this contender gets.
    init(
        _ name: String, callers: Int, seconds: Double, body: @escaping @Sendable (Int) async throws -> Void
    ) {
        let rounds = RoundCounter()
        self.init(name) {
            let first = rounds.next() << 40
            let allocations = allocations_count()
            let start = ContinuousClock.now
            let end = start + .seconds(seconds)
            let latencies = try await withThrowingTaskGroup(of: [UInt64].self) { group in
                for caller in 0..<callers {
                    group.addTask { try await Self.call(body, from: first + caller << 28, until: end) }
                }
                return try await group.reduce(into: [[UInt64]]()) { $0.append($1) }
            }
            let taken = (ContinuousClock.now - start) / .seconds(1)
            let allocated = allocations_count() - allocations
            var histogram = Sample.histogram()
            for latency in latencies.joined() { histogram.record(latency) }
            return Sample(
                operations: latencies.reduce(0) { $0 + $1.count }, seconds: taken, latencies: histogram,
                allocations: allocated)
        }
    }

    private static func call(
        _ body: @Sendable (Int) async throws -> Void, from first: Int, until end: ContinuousClock.Instant
    ) async throws -> [UInt64] {
        let clock = ContinuousClock()
        var latencies: [UInt64] = []
        latencies.reserveCapacity(1 << 14)
        var number = first
        var begin = clock.now
        while begin < end {
            try await body(number)
            let now = clock.now
            latencies.append(UInt64((now - begin) / .nanoseconds(1)))
            begin = now
            number += 1
        }
        return latencies
    }

    /// The same, but a round fails unless `count` rose by one for each of its operations: everything was executed.
    func executing(_ count: Executions) -> Contender {
        Contender(name) { [name, measure] in
            let before = count.value
            let sample = try await measure()
            let executed = count.value - before
            guard executed == sample.operations else {
                throw BenchmarkError("\(name): of \(sample.operations) operations, \(executed) were executed")
            }
            return sample
        }
    }
}

/// Numbers the rounds of a contender.
private final class RoundCounter {
    private var count = 0

    func next() -> Int {
        defer { count += 1 }
        return count
    }
}

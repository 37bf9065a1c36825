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

    /// One that is a function of this process: `callers` tasks each do it `repetitions` times in a round.
    ///
    /// - Parameter body: Does it once; gets a number that no other call of the run gets.
    init(
        _ name: String, callers: Int, repetitions: Int, body: @escaping @Sendable (Int) async throws -> Void
    ) {
        let numbers = NumberRange()
        self.init(name) {
            let first = numbers.take(callers * repetitions)
            let allocations = allocations_count()
            let start = ContinuousClock.now
            let latencies = try await withThrowingTaskGroup(of: [UInt64].self) { group in
                for caller in 0..<callers {
                    group.addTask {
                        try await Self.call(body, from: first + caller * repetitions, count: repetitions)
                    }
                }
                return try await group.reduce(into: [[UInt64]]()) { $0.append($1) }
            }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            let allocated = allocations_count() - allocations
            var histogram = Sample.histogram()
            for latency in latencies.joined() { histogram.record(latency) }
            return Sample(
                operations: callers * repetitions, seconds: seconds, latencies: histogram, allocations: allocated)
        }
    }

    private static func call(
        _ body: @Sendable (Int) async throws -> Void, from first: Int, count: Int
    ) async throws -> [UInt64] {
        let clock = ContinuousClock()
        var latencies: [UInt64] = []
        latencies.reserveCapacity(count)
        var begin = clock.now
        for number in first..<first + count {
            try await body(number)
            let end = clock.now
            latencies.append(UInt64((end - begin) / .nanoseconds(1)))
            begin = end
        }
        return latencies
    }
}

/// Hands out numbers, each once.
private final class NumberRange {
    private var next = 0

    func take(_ count: Int) -> Int {
        defer { next += count }
        return next
    }
}

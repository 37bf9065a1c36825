import CoreMetrics
import Synchronization

/// Observations counted in buckets with fixed upper bounds, with their sum.
final class HistogramInstrument: Instrument, RecorderHandler, TimerHandler {
    static let kind = Kind.histogram

    private struct State {
        /// How many fell into each bucket alone; the last one has no bound.
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    /// A histogram with these upper bounds, in ascending order.
    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        // The bounds are few, and most values are small.
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) {
        record(Double(duration) / 1e9)
    }

    var samples: [Sample] {
        let state = state.withLock { $0 }
        var total: UInt64 = 0
        var samples: [Sample] = []
        for (index, count) in state.counts.enumerated() {
            total += count
            let bound = index < bounds.count ? PrometheusText.number(bounds[index]) : "+Inf"
            samples.append(
                Sample(suffix: "_bucket", label: .init(name: "le", value: bound), value: String(total)))
        }
        samples.append(Sample(suffix: "_sum", value: PrometheusText.number(state.sum)))
        samples.append(Sample(suffix: "_count", value: String(total)))
        return samples
    }
}

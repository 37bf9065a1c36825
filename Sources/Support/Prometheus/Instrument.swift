import CoreMetrics
import Synchronization

/// What a name is in the text format.
enum Kind: String {
    case counter, gauge, histogram
}

/// One series: a value that is counted up, set or observed, and can be written.
protocol Instrument: AnyObject, Sendable {
    static var kind: Kind { get }
    /// The samples: what stands behind the name, the labels besides the series' own, and the value.
    var samples: [Sample] { get }
}

/// A line of the text format, but for the name and the labels of its series.
struct Sample: Hashable {
    var suffix = ""
    var label: PrometheusMetrics.Label?
    var value: String
}

final class CounterInstrument: Instrument, CounterHandler {
    static let kind = Kind.counter
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) {
        // A counter that went round would look like a restart; it stays at the end instead, which nobody lives to see.
        guard amount > 0 else { return }
        value.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() {
        value.store(0, ordering: .relaxed)
    }

    var samples: [Sample] { [Sample(value: String(value.load(ordering: .relaxed)))] }
}

final class FloatingCounterInstrument: Instrument, FloatingPointCounterHandler {
    static let kind = Kind.counter
    private let value = Mutex(0.0)

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        value.withLock { $0 += amount }
    }

    func reset() {
        value.withLock { $0 = 0 }
    }

    var samples: [Sample] { [Sample(value: PrometheusText.number(value.withLock { $0 }))] }
}

final class GaugeInstrument: Instrument, MeterHandler, RecorderHandler {
    static let kind = Kind.gauge
    private let value = Mutex(0.0)

    func set(_ new: Int64) { set(Double(new)) }
    func set(_ new: Double) { value.withLock { $0 = new } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ new: Int64) { set(Double(new)) }
    func record(_ new: Double) { set(new) }

    var samples: [Sample] { [Sample(value: PrometheusText.number(value.withLock { $0 }))] }
}

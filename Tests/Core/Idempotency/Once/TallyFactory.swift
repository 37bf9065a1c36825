import CoreMetrics
import Synchronization

/// Metrics that a test reads: how often each instrument was told something, by its label and dimensions.
final class TallyFactory: MetricsFactory {
    private final class Instrument: CounterHandler, RecorderHandler, TimerHandler {
        private let tell: @Sendable () -> Void

        init(_ tell: @escaping @Sendable () -> Void) { self.tell = tell }

        func increment(by amount: Int64) { tell() }
        func reset() {}
        func record(_ value: Int64) { tell() }
        func record(_ value: Double) { tell() }
        func recordNanoseconds(_ duration: Int64) { tell() }
    }

    private let tallies = Mutex([String: Int]())

    /// How often `label value` was told something, `value` being that of the only dimension.
    var told: [String: Int] { tallies.withLock { $0 } }

    private func instrument(_ label: String, _ dimensions: [(String, String)]) -> Instrument {
        let name = ([label] + dimensions.map(\.1)).joined(separator: " ")
        return Instrument { [self] in tallies.withLock { $0[name, default: 0] += 1 } }
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        instrument(label, dimensions)
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        instrument(label, dimensions)
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        instrument(label, dimensions)
    }

    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}

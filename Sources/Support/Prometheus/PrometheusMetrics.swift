public import CoreMetrics
import Synchronization

/// A backend for swift-metrics that keeps every value in memory and writes them in the Prometheus text format.
///
/// Counters and gauges are what they are; recorders and timers become histograms with fixed buckets, timers in seconds.
/// Names are made to fit (`a.b` becomes `a_b`), a timer's ends in `_seconds`. Every series lives until it is destroyed.
public final class PrometheusMetrics: MetricsFactory {
    /// The upper bounds of the buckets of timers, in seconds: from a replay to an upstream that hangs.
    public static let durationBuckets: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ]
    /// The upper bounds of the buckets of other recorders: powers of four, fit for counts and bytes.
    public static let valueBuckets: [Double] = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576]
    /// The most series that are kept, over all names. Dimensions are bounded, so that reaching it means that one is
    /// not: what comes then is not counted, and `idempotency_metrics_refused_total` says how often.
    public static let seriesLimit = 10_000

    struct Series: Hashable {
        let name: String
        let labels: [Label]
    }

    struct Label: Hashable {
        let name: String
        let value: String
    }

    struct Contents {
        var instruments: [Series: any Instrument] = [:]
        var kinds: [String: Kind] = [:]
        var refused = 0
    }

    let contents = Mutex(Contents())
    private let help: [String: String]

    /// An empty collection.
    ///
    /// - Parameter help: What each metric means, by its name; goes into its `# HELP` line.
    public init(help: [String: String] = [:]) {
        self.help = help
    }

    func meaning(of name: String) -> String {
        help[name] ?? "No description."
    }

    /// The instrument of a series, made at the first call. A name that already has another kind gets an instrument that
    /// nobody sees, since one name has one type in the text format.
    func instrument<Made: Instrument>(
        _ label: String, _ dimensions: [(String, String)], suffix: String = "", make: () -> Made
    ) -> Made {
        var name = PrometheusText.name(label)
        if !name.hasSuffix(suffix) { name += suffix }
        let labels = dimensions.map { Label(name: PrometheusText.labelName($0.0), value: $0.1) }
            .sorted { $0.name < $1.name }
        let series = Series(name: name, labels: labels)
        return contents.withLock { contents in
            if let there = contents.instruments[series] as? Made { return there }
            let made = make()
            let kind = contents.kinds[name] ?? Made.kind
            guard kind == Made.kind, contents.instruments.count < Self.seriesLimit else {
                contents.refused += 1
                return made
            }
            contents.kinds[name] = kind
            contents.instruments[series] = made
            return made
        }
    }

    /// A counter.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        instrument(label, dimensions) { CounterInstrument() }
    }

    /// A counter of fractions.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        instrument(label, dimensions) { FloatingCounterInstrument() }
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        instrument(label, dimensions) { GaugeInstrument() }
    }

    /// A histogram, or a gauge for a recorder that does not aggregate.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return instrument(label, dimensions) { GaugeInstrument() } }
        return instrument(label, dimensions) { HistogramInstrument(bounds: Self.valueBuckets) }
    }

    /// A histogram in seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        instrument(label, dimensions, suffix: "_seconds") { HistogramInstrument(bounds: Self.durationBuckets) }
    }

    /// Forgets the series.
    public func destroyCounter(_ handler: any CounterHandler) { forget(handler) }
    /// Forgets the series.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { forget(handler) }
    /// Forgets the series.
    public func destroyMeter(_ handler: any MeterHandler) { forget(handler) }
    /// Forgets the series.
    public func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }
    /// Forgets the series.
    public func destroyTimer(_ handler: any TimerHandler) { forget(handler) }

    private func forget(_ handler: AnyObject) {
        contents.withLock { contents in
            guard let series = contents.instruments.first(where: { $0.value === handler })?.key else { return }
            contents.instruments[series] = nil
            if !contents.instruments.keys.contains(where: { $0.name == series.name }) {
                contents.kinds[series.name] = nil
            }
        }
    }
}

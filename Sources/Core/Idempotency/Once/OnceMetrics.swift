import Metrics

/// What a `Once` counts: `idempotency_operations_total` and `idempotency_operation_duration`, each with the dimension
/// `outcome` (performed, replayed, released, mismatch, in_progress, in_doubt, superseded, unavailable).
struct OnceMetrics: Sendable {
    private struct Instruments: Sendable {
        let count: Counter
        let duration: Metrics.Timer
    }

    /// In the order of `Answer.names`.
    private let instruments: [Instruments]

    /// Makes the instruments, once.
    init(factory: any MetricsFactory) {
        instruments = Answer.names.map { name in
            let dimensions = [("outcome", name)]
            return Instruments(
                count: Counter(label: "idempotency_operations_total", dimensions: dimensions, factory: factory),
                duration: Metrics.Timer(
                    label: "idempotency_operation_duration", dimensions: dimensions, factory: factory))
        }
    }

    /// Counts an answer and the time that it took to get it.
    func record(_ answer: Answer, from start: Moment, to end: Moment) {
        let instruments = instruments[answer.position]
        instruments.count.increment()
        instruments.duration.recordNanoseconds(end.nanoseconds - start.nanoseconds)
    }
}

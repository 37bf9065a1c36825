/// What is told how often to do something, and is to take some seconds: the rate of the round before says how often.
final class Calibrated {
    private let seconds: Double
    private var rate: Double?

    /// Something that is to take about so many seconds.
    init(seconds: Double) {
        self.seconds = seconds
    }

    /// Does it, so often as it takes.
    func run(_ body: (Int) throws -> Sample) rethrows -> Sample {
        if rate == nil { rate = try body(1000).rate }
        let sample = try body(max(Int((rate ?? 0) * seconds), 500))
        rate = sample.rate
        return sample
    }
}

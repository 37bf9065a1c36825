import Histogram

/// What one round of one contender gave.
struct Sample {
    /// How many operations were done.
    var operations: Int
    /// How long that took.
    var seconds: Double
    /// How long each took, in nanoseconds.
    var latencies: Histogram<UInt64>
    /// How often memory was asked for meanwhile, over all threads of this process.
    var allocations: UInt64 = 0
    /// How many expired records were removed meanwhile.
    var swept = 0

    /// Operations per second.
    var rate: Double { Double(operations) / seconds }

    /// An empty histogram: up to a minute, to two digits.
    static func histogram() -> Histogram<UInt64> {
        Histogram(highestTrackableValue: 60_000_000_000, numberOfSignificantValueDigits: .two)
    }
}

/// What a store did that it must not do.
public struct ConformanceFailure: Error, Sendable, CustomStringConvertible {
    /// The name of the check.
    public let check: String
    /// What was expected and what was found.
    public let message: String
    /// What the run was made from: `IDEMPOTENCY_SEED` with this number repeats it.
    public let seed: Seed

    /// Check, message and seed.
    public var description: String {
        "\(check)\n\(message)\n(\(Seed.variable)=\(seed) repeats this run)"
    }
}

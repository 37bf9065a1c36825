extension StoreConformance {
    /// All checks. A later version may have more of them.
    public static let checks: [ConformanceCheck] =
        replies + identities + payloads + expiry + clocks + fences + acknowledgements + races + histories + submissions
        + listings + sweeps + rewritings
}

/// How a check ended that did not fail.
public enum ConformanceResult: Hashable, Sendable {
    /// The store does what it must.
    case passed
    /// The store does not have this ability, so there was nothing to check.
    case skipped(ConformanceCheck.Ability)
}

/// What a check of a history found.
public enum LinearizabilityVerdict: Hashable, Sendable {
    /// There is an order of the operations that explains every answer and contradicts no "this was over before that
    /// began".
    case linearizable
    /// There is none. `explained` is the longest order that was found, as indices into the history; none of `stuck`,
    /// the operations that were open at that point, can come next.
    case violation(explained: [Int], stuck: [Int])
    /// The search was given up after its limit of steps.
    case undecided(steps: Int)
}

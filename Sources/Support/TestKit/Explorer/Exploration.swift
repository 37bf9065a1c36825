/// What an exploration found.
public struct Exploration: Sendable, CustomStringConvertible {
    /// How many different states were reached.
    public internal(set) var states = 0
    /// How many steps from state to state were looked at.
    public internal(set) var transitions = 0
    /// How many steps the longest of all shortest ways to a state has.
    public internal(set) var depth = 0
    /// How long it took.
    public internal(set) var duration = Duration.zero
    /// Whether every state within the bounds of the system was reached; false when the limit ended it before.
    public internal(set) var isComplete = false
    /// A shortest history that breaks a promise, or `nil` when none was found.
    public internal(set) var counterexample: Counterexample?

    /// The figures, and the counterexample if there is one.
    public var description: String {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
        let figures =
            "\(states) states, \(transitions) transitions, depth \(depth), "
            + "\((seconds * 100).rounded() / 100) s, \(isComplete ? "complete" : "not complete")"
        return counterexample.map { figures + "\n" + $0.description } ?? figures
    }
}

/// A history that breaks a promise.
public struct Counterexample: Sendable, CustomStringConvertible {
    /// What is broken, in words.
    public let violation: String
    /// What happened, one line for each step, with the state after it.
    public let steps: [String]

    /// The history, then what it breaks.
    public var description: String {
        let numbered = steps.enumerated().map { "\($0.offset + 1). \($0.element)" }
        return (numbered + ["✗ \(violation)"]).joined(separator: "\n")
    }
}

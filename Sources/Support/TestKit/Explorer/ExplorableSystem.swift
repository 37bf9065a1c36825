/// Something whose every possible history is to be looked at: states, and what may happen next in each.
public protocol ExplorableSystem: Sendable {
    /// All there is to know at one point. Two histories that lead to equal states have the same future.
    associatedtype State: Hashable
    /// One thing that may happen.
    associatedtype Action: CustomStringConvertible

    /// Where every history begins.
    var initial: State { get }

    /// All that may happen next, always in the same order.
    func actions(in state: State) -> [Action]

    /// Lets `action` happen.
    ///
    /// - Returns: The promise that this breaks, in words, or `nil` when all of them hold.
    func apply(_ action: Action, to state: inout State) -> String?

    /// What to print of a state in a trace.
    func summary(of state: State) -> String
}

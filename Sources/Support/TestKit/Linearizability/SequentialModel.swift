/// What an object does when it is used by one caller at a time: the specification that a concurrent history is held
/// against.
public protocol SequentialModel: Sendable {
    /// What is asked.
    associatedtype Input: Sendable
    /// What is answered.
    associatedtype Output: Sendable
    /// The state of one part of the object.
    associatedtype State: Hashable
    /// Names a part of the object that no operation on another part affects; each part is checked alone.
    associatedtype Part: Hashable

    /// The part that `input` is about.
    func part(of input: Input) -> Part

    /// The state of a part before the first operation.
    func initialState(of part: Part) -> State

    /// The state after the operation, or `nil` when it could not have had this output in this state. Without an output
    /// the operation is always possible.
    func step(_ state: State, _ input: Input, _ output: Output?) -> State?
}

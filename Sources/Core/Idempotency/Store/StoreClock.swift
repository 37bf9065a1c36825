/// The clock of a store that keeps its own time.
public protocol StoreClock: Sendable {
    /// The present point in time.
    var now: Timestamp { get }
}

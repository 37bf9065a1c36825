/// One operation of a concurrent history: what was asked and answered, and from when to when it took.
public struct TimedOperation<Input: Sendable, Output: Sendable>: Sendable {
    /// What was asked.
    public var input: Input
    /// What was answered, or `nil` when nobody knows (a lost reply, a time-out).
    public var output: Output?
    /// When it was called; any clock or counter will do that all operations share.
    public var called: UInt64
    /// When it returned, or `nil` for an open end: it may take effect at any time after the call, or never.
    public var returned: UInt64?

    /// An operation; without an output its end is open whatever `returned` says.
    public init(_ input: Input, output: Output?, called: UInt64, returned: UInt64?) {
        self.input = input
        self.output = output
        self.called = called
        self.returned = output == nil ? nil : returned
    }
}

/// What a shell has to do after an event. The fields are independent of one another.
package struct Effects: Hashable, Sendable {
    /// Which of an execution's writes an exchange is; comes back with its reply.
    package enum Purpose: Hashable, Sendable {
        /// To get the key, or to note the doubt about an earlier attempt.
        case claim
        /// To go on holding it, perhaps with a checkpoint.
        case renew
        /// To record how the attempt ended.
        case settle
    }

    /// A write for the store.
    package struct Write: Hashable, Sendable {
        package var purpose: Purpose
        package var exchange: Exchange
    }

    /// What to start.
    package enum Start: Hashable, Sendable {
        /// The operation itself, under this record.
        case operation(Record)
        /// The question what became of the attempt before; under this record, which is ours by now.
        case reconciliation(Record)
    }

    /// Send this to the store.
    package var write: Write?
    /// Start this; its end comes back as an event.
    package var start: Start?
    /// Tell the caller; happens exactly once in an execution.
    package var answer: Answer?
    /// The lease is lost: ask the operation to stop.
    package var cancelsOperation = false
    /// How a late end was recorded, long after the caller was told; happens at most once in an execution.
    package var lateAnswer: Answer?
    /// A checkpoint that was asked for is durable (`true`) or will never be (`false`).
    package var checkpointSaved: Bool?

    package init() {}
}

/// A store that can write the content of a record in another form, its meaning kept: what changing an encryption key
/// takes.
public protocol RewritingStore: RecordStore {
    /// Puts other content in the place of what a record holds, if the record is still at the point where it was seen.
    ///
    /// Everything else stays: owner, fence, counts, state and all times. What is expected is the owner, the number of
    /// renewals and the state; an attempt under way notices nothing, and its next write replaces all of it.
    ///
    /// - Parameters:
    ///   - id: Which record.
    ///   - seen: The record as it was read.
    ///   - content: What it is to hold.
    /// - Returns: Whether the record was still there; nothing was written if it was not.
    /// - Throws: `StoreError`. Writing the same again does no harm.
    func rewrite(_ id: RecordID, seen: Record, as content: RecordContent) async throws(StoreError) -> Bool
}

/// The parts of a record that come from callers and operations.
public struct RecordContent: Hashable, Sendable {
    /// What was asked.
    public var fingerprint: Fingerprint
    /// The outcome of a completed record; ignored for any other.
    public var outcome: Outcome?
    /// The recovery point.
    public var checkpoint: [UInt8]
    /// The label.
    public var label: Label

    /// What a record holds.
    public init(of record: Record) {
        fingerprint = record.fingerprint
        if case .completed(let outcome, _, _) = record.state { self.outcome = outcome }
        checkpoint = record.checkpoint
        label = record.label
    }

    /// What a draft holds.
    public init(of draft: Draft) {
        fingerprint = draft.fingerprint
        if case .completed(let outcome, _) = draft.state { self.outcome = outcome }
        checkpoint = draft.checkpoint
        label = draft.label
    }
}

extension Record {
    /// Whether this is the record that was seen, at the same point: what a rewriting expects.
    public func isAtPoint(of seen: Record) -> Bool {
        guard owner == seen.owner, renewals == seen.renewals else { return false }
        return switch (state, seen.state) {
        case (.running, .running), (.completed, .completed), (.inDoubt, .inDoubt): true
        case (.running, _), (.completed, _), (.inDoubt, _): false
        }
    }

    /// The record with other content; an outcome only where there is one.
    public func holding(_ content: RecordContent) -> Record {
        var state = state
        if case .completed(_, let at, let expires) = state, let outcome = content.outcome {
            state = .completed(outcome, at: at, expires: expires)
        }
        return Record(
            fingerprint: content.fingerprint, owner: owner, fence: fence, attempt: attempt, renewals: renewals,
            created: created, state: state, checkpoint: content.checkpoint, label: content.label)
    }
}

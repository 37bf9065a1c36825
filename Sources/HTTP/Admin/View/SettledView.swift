import Idempotency

/// A settlement as programs see it.
public struct SettledView: Encodable, Sendable {
    /// The record id.
    public let id: String
    /// `completed` or `vacant`.
    public let state: String
    /// The record as it was.
    public let before: RecordView
    /// The record as it is; missing after a release.
    public let after: RecordView?

    /// What a settlement has changed.
    public init(_ settled: Settled) {
        let found = settled.before
        id = found.id.description
        before = RecordView(found.record, id: found.id, at: found.now)
        after = settled.after.map { RecordView($0, id: found.id, at: found.now) }
        state = after?.state ?? "vacant"
    }
}

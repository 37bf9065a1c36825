public import Idempotency
import IdempotencyEmbedded

extension SQLiteStore: RewritingStore {
    /// Puts other content in the place of what a record holds, if it is still at the point where it was seen; one short
    /// transaction.
    public func rewrite(
        _ id: RecordID, seen: Record, as content: RecordContent
    ) async throws(StoreError) -> Bool {
        try await lane.rewrite(id, seen: seen, as: content)
    }
}

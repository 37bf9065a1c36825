package import Idempotency

/// A rewriting that waits for the lane, and whom to tell how it went.
package struct PendingRewrite: Sendable {
    /// Which record.
    package let id: RecordID
    /// The record as it was read.
    package let seen: Record
    /// What it is to hold.
    package let content: RecordContent
    /// Is called once: whether the record was still there.
    package let completion: @Sendable (Result<Bool, StoreError>) -> Void
}

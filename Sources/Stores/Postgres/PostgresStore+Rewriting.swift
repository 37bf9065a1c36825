public import Idempotency

extension PostgresStore: RewritingStore {
    /// Puts other content in the place of what a record holds, if it is still at the point where it was seen; one
    /// statement.
    public func rewrite(
        _ id: RecordID, seen: Record, as content: RecordContent
    ) async throws(StoreError) -> Bool {
        try await onSide { connection, deadline in
            try connection.run(RewriteStatement.rewrite(id, seen: seen, as: content), until: deadline).affected == 1
        }
    }
}

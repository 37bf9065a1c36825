public import Idempotency

extension PostgresStore: SweepingStore {
    /// The most records that one statement removes.
    static let sweepBatch = 500

    /// Removes up to `limit` expired records, in statements of 500 at most.
    ///
    /// Several processes may sweep at once: each skips what another one has in hand. Rows that came up and have not
    /// expired after all are put off.
    public func sweep(limit: Int) async throws(StoreError) -> Int {
        var removed = 0
        while removed < limit {
            let next = min(limit - removed, Self.sweepBatch)
            let count = try await onSide { connection, deadline in
                try connection.run(SweepStatements.remove(limit: next), until: deadline).affected
            }
            removed += count
            guard count == next else {
                let again = context.configuration.expectedRetention.wholeMicroseconds
                _ = try await onSide { connection, deadline in
                    try connection.run(SweepStatements.postpone(limit: 1000, by: again), until: deadline).affected
                }
                break
            }
        }
        return removed
    }
}

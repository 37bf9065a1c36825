public import Idempotency

extension PostgresStore: ListingStore, UsageStore {
    /// The record of one key, or `nil` if it is vacant, with the server's clock.
    public func record(_ id: RecordID) async throws(StoreError) -> (record: Record?, now: Timestamp) {
        try await onSide { connection, deadline in try RecordListing(connection, until: deadline).record(id) }
    }

    /// A page of records, oldest claim first.
    ///
    /// A query for one label key or for a rare state looks at every record that is old enough.
    public func records(_ query: RecordQuery) async throws(StoreError) -> RecordPage {
        try await onSide { connection, deadline in try RecordListing(connection, until: deadline).page(query) }
    }

    /// How many records there are of each kind. All rows are looked at for that; so what was found is told again for
    /// ten times as long as it took to find.
    public func counts() async throws(StoreError) -> RecordCounts {
        if let counts = context.counts.current { return counts }
        return try await onSide { [context] connection, deadline in
            let start = ContinuousClock.now
            let counts = try RecordListing(connection, until: deadline).counts()
            context.counts.keep(counts, since: start)
            return counts
        }
    }

    /// What the records of each scope take, in the order in which they lie in the table.
    ///
    /// - Parameters:
    ///   - cursor: Where the part before ended; `nil` begins.
    ///   - limit: How many records there may be in the pages that are looked at, about; one page at least.
    public func usage(after cursor: UInt64?, limit: Int) async throws(StoreError) -> UsagePage {
        try await onSide { connection, deadline in
            try RecordListing(connection, until: deadline).usage(after: cursor, limit: limit)
        }
    }
}

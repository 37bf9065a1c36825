import GRDB
public import Idempotency

extension SQLiteStore: ListingStore, UsageStore {
    /// The record of one key, or `nil` if it is vacant, with the store's clock.
    public func record(_ id: RecordID) async throws(StoreError) -> (record: Idempotency.Record?, now: Timestamp) {
        try await read { listing in
            (try listing.record(id), listing.reading.now)
        }
    }

    /// A page of records, oldest claim first.
    ///
    /// A query for one label key looks at every record that is old enough; the rest is found by index.
    public func records(_ query: RecordQuery) async throws(StoreError) -> RecordPage {
        try await read { try $0.page(query) }
    }

    /// How many records there are of each kind, counted in indexes; running ones are looked at one by one.
    public func counts() async throws(StoreError) -> RecordCounts {
        try await read { try $0.counts() }
    }

    /// What the records of each scope take, `limit` rows at a time.
    public func usage(after cursor: UInt64?, limit: Int) async throws(StoreError) -> UsagePage {
        try await read { try $0.usage(after: cursor, limit: limit) }
    }

    private func read<Result: Sendable>(
        _ body: @escaping @Sendable (RecordListing) throws -> Result
    ) async throws(StoreError) -> Result {
        do {
            // Not `read`, which does not see that the connection was closed.
            return try await reader.writeWithoutTransaction { [context] db in
                let source = try StatementSource(keptBy: db)
                try source.statement("BEGIN").run()
                defer { try? source.statement("COMMIT").run() }
                return try body(try RecordListing(source, at: context.reading))
            }
        } catch {
            throw StoreContext.storeError(ofReading: error)
        }
    }
}

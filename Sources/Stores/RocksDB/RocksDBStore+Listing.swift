public import Idempotency
import IdempotencyLanes

extension RocksDBStore: ListingStore {
    /// The record of one key, or `nil` if it is vacant, with the store's clock.
    public func record(_ id: RecordID) async throws(StoreError) -> (record: Record?, now: Timestamp) {
        try await read { listing in
            (try listing.record(id), listing.viewpoint.now)
        }
    }

    /// A page of records, oldest claim first.
    ///
    /// A query for one label key looks at every record that is old enough; the rest is found by index.
    public func records(_ query: RecordQuery) async throws(StoreError) -> RecordPage {
        try await read { try $0.page(query) }
    }

    /// How many records there are of each kind, counted in an index; those that are not completed are looked at one by
    /// one.
    public func counts() async throws(StoreError) -> RecordCounts {
        try await read { try $0.counts() }
    }

    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (RecordListing) throws -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            reader.submit(
                StoreReader.Job(
                    read: { listing in
                        do {
                            continuation.resume(returning: .success(try body(listing)))
                        } catch {
                            continuation.resume(returning: .failure(StoreContext.storeError(of: error)))
                        }
                    },
                    refuse: { continuation.resume(returning: .failure($0)) }))
        }
        return try result.get()
    }
}

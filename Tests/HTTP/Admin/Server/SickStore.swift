import Idempotency

/// A store that refuses, or never answers before its caller gives up.
enum SickStore: ListingStore {
    case refusing, silent

    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply { throw await failure() }
    func record(_ id: RecordID) async throws(StoreError) -> (record: Record?, now: Timestamp) { throw await failure() }
    func records(_ query: RecordQuery) async throws(StoreError) -> RecordPage { throw await failure() }
    func counts() async throws(StoreError) -> RecordCounts { throw await failure() }

    private func failure() async -> StoreError {
        if self == .silent { try? await Task.sleep(for: .seconds(3600)) }
        return StoreError(.unavailable, "The store is away.", effect: .notApplied)
    }
}

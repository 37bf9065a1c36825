import Idempotency
import Testing

/// The stores that a scenario is played on.
enum Backing: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case memory, sqlite, rocksdb

    var testDescription: String { rawValue }
}

/// One of these stores, whichever it is.
struct BackingStore: SubmittingStore, ListingStore, SweepingStore {
    let base: any SubmittingStore & ListingStore & SweepingStore

    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        try await base.exchange(exchange)
    }

    func submit(
        _ exchange: Exchange, completion: @escaping @Sendable (Result<ExchangeReply, StoreError>) -> Void
    ) {
        base.submit(exchange, completion: completion)
    }

    func record(_ id: RecordID) async throws(StoreError) -> (record: Record?, now: Timestamp) {
        try await base.record(id)
    }

    func records(_ query: RecordQuery) async throws(StoreError) -> RecordPage {
        try await base.records(query)
    }

    func counts() async throws(StoreError) -> RecordCounts {
        try await base.counts()
    }

    func sweep(limit: Int) async throws(StoreError) -> Int {
        try await base.sweep(limit: limit)
    }
}

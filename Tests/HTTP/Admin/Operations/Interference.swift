import Idempotency
import Synchronization

/// A store in which somebody else is quicker: another exchange happens right before the first one.
final class InterferingStore: ListingStore {
    private let base: MemoryStore
    private let other: @Sendable (Exchange) -> Exchange
    private let isDone = Mutex(false)

    init(_ base: MemoryStore, other: @escaping @Sendable (Exchange) -> Exchange) {
        self.base = base
        self.other = other
    }

    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        let isFirst = isDone.withLock { isDone in
            defer { isDone = true }
            return !isDone
        }
        if isFirst { _ = try await base.exchange(other(exchange)) }
        return try await base.exchange(exchange)
    }

    func record(_ id: RecordID) async throws(StoreError) -> (record: Record?, now: Timestamp) {
        try await base.record(id)
    }
    func records(_ query: RecordQuery) async throws(StoreError) -> RecordPage { try await base.records(query) }
    func counts() async throws(StoreError) -> RecordCounts { try await base.counts() }
}

/// A store that makes the first write and forgets to say so.
final class ForgetfulStore: ListingStore {
    private let base: MemoryStore
    private let hasForgotten = Mutex(false)

    init(_ base: MemoryStore) {
        self.base = base
    }

    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        let reply = try await base.exchange(exchange)
        let isFirst = hasForgotten.withLock { hasForgotten in
            defer { hasForgotten = true }
            return !hasForgotten
        }
        if isFirst { throw StoreError(.unavailable, "The acknowledgement was lost.", effect: .unknown) }
        return reply
    }

    func record(_ id: RecordID) async throws(StoreError) -> (record: Record?, now: Timestamp) {
        try await base.record(id)
    }
    func records(_ query: RecordQuery) async throws(StoreError) -> RecordPage { try await base.records(query) }
    func counts() async throws(StoreError) -> RecordCounts { try await base.counts() }
}

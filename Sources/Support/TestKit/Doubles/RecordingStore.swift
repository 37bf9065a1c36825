public import Idempotency

/// A store that keeps the history of all exchanges with another one.
///
/// It submits, lists and sweeps when the wrapped store does (listing and sweeping are passed on and not recorded).
/// `RegisterHistory.check(store.log.entries)` tells whether the history is linearizable.
public final class RecordingStore<Base: RecordStore>: RecordStore {
    /// The wrapped store.
    public let base: Base
    /// What happened.
    public let log = ExchangeLog()

    /// Records what `base` is asked and answers.
    public init(_ base: Base) {
        self.base = base
    }

    /// Does the exchange and writes it down.
    public func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        try await log.exchange(exchange, on: base)
    }
}

extension RecordingStore: SubmittingStore where Base: SubmittingStore {
    /// Submits the exchange and writes it down.
    public func submit(
        _ exchange: Exchange, completion: @escaping @Sendable (Result<ExchangeReply, StoreError>) -> Void
    ) {
        let call = log.begin(exchange)
        base.submit(exchange) { result in
            self.log.end(call, result)
            completion(result)
        }
    }
}

extension RecordingStore: ListingStore where Base: ListingStore {
    /// The record of one key.
    public func record(_ id: RecordID) async throws(StoreError) -> (record: Record?, now: Timestamp) {
        try await base.record(id)
    }

    /// A page of records.
    public func records(_ query: RecordQuery) async throws(StoreError) -> RecordPage {
        try await base.records(query)
    }

    /// The next records of a walk.
    public func walk(from place: WalkPlace?, limit: Int) async throws(StoreError) -> WalkPage {
        try await base.walk(from: place, limit: limit)
    }

    /// How many records there are of each kind.
    public func counts() async throws(StoreError) -> RecordCounts {
        try await base.counts()
    }
}

extension RecordingStore: RewritingStore where Base: RewritingStore {
    /// Passes the rewriting on; it is not in the log.
    public func rewrite(
        _ id: RecordID, seen: Record, as content: RecordContent
    ) async throws(StoreError) -> Bool {
        try await base.rewrite(id, seen: seen, as: content)
    }
}

extension RecordingStore: SweepingStore where Base: SweepingStore {
    /// Removes up to `limit` expired records.
    public func sweep(limit: Int) async throws(StoreError) -> Int {
        try await base.sweep(limit: limit)
    }
}

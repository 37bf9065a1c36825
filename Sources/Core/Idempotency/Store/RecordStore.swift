/// Where records live: an atomic register per key, and nothing more.
///
/// A store answers every exchange exactly as `Register` would; `IdempotencyTestKit` holds the suite that proves it.
/// Everything else (claims, leases, takeovers, doubt) is decided above it.
public protocol RecordStore: Sendable {
    /// Replaces the record of a key if it is the expected one; otherwise tells what is there.
    ///
    /// The answer comes only after the write is as durable as the store promises. Cancelling the calling task may give
    /// up waiting but never takes back a write.
    ///
    /// - Throws: `StoreError`. Whether the write was applied is told by its `effect`.
    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply
}

/// A store that takes an exchange and calls back, without a task: what event loops use.
public protocol SubmittingStore: RecordStore {
    /// Takes an exchange and returns at once; `completion` is called exactly once, on any thread, possibly before this
    /// method returns. It must not block.
    func submit(
        _ exchange: Exchange, completion: @escaping @Sendable (Result<ExchangeReply, StoreError>) -> Void)
}

/// A store that can show its records to operators and to recovery.
public protocol ListingStore: RecordStore {
    /// The record of one key, or `nil` if it is vacant, with the store's clock. Read from the primary, never a replica.
    func record(_ id: RecordID) async throws(StoreError) -> (record: Record?, now: Timestamp)

    /// A page of records, oldest claim first (`created`, then id).
    ///
    /// - Parameter query: What to list, and where to go on.
    func records(_ query: RecordQuery) async throws(StoreError) -> RecordPage

    /// The next records of a walk over all of them, in an order of the store's own, each with all that it holds.
    ///
    /// A whole walk looks at every record about once, however many there are. What is there from its beginning to its
    /// end is seen, by some stores twice; what comes or goes meanwhile may be. Stores whose listings are found by an
    /// index need not implement it.
    ///
    /// - Parameters:
    ///   - place: Where the page before ended, or `nil` to begin. A place that is worth nothing any more begins anew,
    ///     and the page says so.
    ///   - limit: About how many records to look at.
    func walk(from place: WalkPlace?, limit: Int) async throws(StoreError) -> WalkPage

    /// How many records there are of each kind; for gauges and dashboards, at most a few seconds old.
    func counts() async throws(StoreError) -> RecordCounts
}

/// A store that needs to be told to remove what has expired.
public protocol SweepingStore: RecordStore {
    /// Removes up to `limit` expired records in one short transaction.
    ///
    /// - Returns: How many were removed; fewer than `limit` means that none is left.
    func sweep(limit: Int) async throws(StoreError) -> Int
}

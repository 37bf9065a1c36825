/// The specification of a store: an atomic register per key, as a value.
///
/// Every store must answer as this one would. `MemoryStore` is this value behind a lock, the conformance suite compares
/// the others with it, and the explorer walks through all its interleavings.
public struct Register: Hashable, Sendable {
    /// What is there; an expired record may still lie here but counts as vacant.
    public private(set) var record: Record?

    /// A register that holds `record`, or a vacant one.
    public init(_ record: Record? = nil) {
        self.record = record
    }

    /// Replaces the record if it is the expected one, and tells what is there now.
    ///
    /// - Parameters:
    ///   - expecting: What must be there.
    ///   - next: What to write, or `nil` to delete.
    ///   - now: The store's clock.
    ///   - lastFence: The highest fence stamped so far; raised when a claim succeeds.
    public mutating func exchange(
        expecting: Expectation, next: Draft?, now: Timestamp, lastFence: inout Fence
    ) -> ExchangeReply {
        guard expecting.holds(for: record, at: now) else {
            return .conflict(current(at: now), now: now)
        }
        guard let next else {
            record = nil
            return .stored(nil, now: now)
        }
        if next.fence == nil { lastFence = lastFence.next }
        record = next.stamped(at: now, fence: lastFence)
        return .stored(record, now: now)
    }

    /// The record, or `nil` when there is none or it has expired at `now`.
    public func current(at now: Timestamp) -> Record? {
        guard let record, !record.isExpired(at: now) else { return nil }
        return record
    }
}

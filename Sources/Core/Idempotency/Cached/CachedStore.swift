import Synchronization

/// Keeps completed records in memory in front of any store, so that a duplicate costs no look at the store.
///
/// That is safe because an outcome never changes: only completed records are kept, whole, with their fingerprint. A
/// running, doubtful or unknown key always goes to the store, so that the cache can never grant one. An entry is
/// forgotten when the record's retention ends, and after `maximumAge` in any case: that bounds how long the outcome of
/// a key may still be told after the store itself, by a step of its clock, has let the key go.
public final class CachedStore: RecordStore, ImmediateStore {
    /// How much is kept.
    public struct Configuration: Sendable {
        /// At most this many records. 100 000: some hundred megabytes with answers of a kilobyte.
        public var maximumCount = 100_000
        /// At most this many bytes of outcomes, labels and checkpoints. 64 MiB.
        public var maximumBytes = 64 << 20
        /// A record whose outcome is larger than this many bytes is not kept. 64 KiB: one of them should not push out
        /// hundreds of others.
        public var maximumRecordBytes = 64 << 10
        /// How long an entry is believed. 5 min.
        public var maximumAge = Duration.seconds(300)

        /// The defaults.
        public init() {}
    }

    /// How the cache has served.
    public struct Statistics: Hashable, Sendable {
        /// Exchanges that were answered from memory.
        public var hits = 0
        /// Exchanges that went to the store.
        public var misses = 0
        /// Records kept now.
        public var count = 0
        /// Bytes kept now.
        public var bytes = 0
    }

    private struct Entry {
        var record: Record
        /// The store's clock and the local clock when the record was seen.
        var seen: Timestamp
        var moment: Moment
    }

    private struct State {
        var entries: LeastRecentlyUsed<RecordID, Entry>
        var statistics = Statistics()
    }

    /// The store behind.
    public let base: any RecordStore
    private let configuration: Configuration
    private let clock: any LocalClock
    private let state: Mutex<State>

    /// A cache in front of `base`.
    public convenience init(_ base: any RecordStore, configuration: Configuration = Configuration()) {
        self.init(base, configuration: configuration, clock: SystemLocalClock())
    }

    /// A cache that reads a clock of the caller's, for tests.
    package init(_ base: any RecordStore, configuration: Configuration, clock: any LocalClock) {
        self.base = base
        self.configuration = configuration
        self.clock = clock
        state = Mutex(
            State(
                entries: LeastRecentlyUsed(
                    countLimit: configuration.maximumCount, sizeLimit: configuration.maximumBytes)))
    }

    /// How the cache has served so far.
    public var statistics: Statistics {
        state.withLock { state in
            var statistics = state.statistics
            (statistics.count, statistics.bytes) = (state.entries.count, state.entries.size)
            return statistics
        }
    }

    /// Answers a claim of a key whose outcome is kept; everything else goes to the store.
    public func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        if let reply = cached(exchange) { return reply }
        let sent = clock.now
        let reply = try await base.exchange(exchange)
        keep(reply, of: exchange.id, sent: sent)
        return reply
    }

    /// Answers a claim of a key whose outcome is kept. What is not is counted when the store is asked.
    package func replyAtOnce(to exchange: Exchange) -> ExchangeReply? {
        cached(exchange, misses: 0)
    }

    /// What is known without the store; `nil` when it has to be asked.
    package func cached(_ exchange: Exchange) -> ExchangeReply? {
        cached(exchange, misses: 1)
    }

    private func cached(_ exchange: Exchange, misses: Int) -> ExchangeReply? {
        // Only a claim may be refused from memory: every other write knows more than the cache.
        guard exchange.expecting == .vacant else { return nil }
        let now = clock.now
        return state.withLock { state in
            guard let entry = state.entries.value(for: exchange.id) else {
                state.statistics.misses += misses
                return nil
            }
            let age = now - entry.moment
            let storeTime = entry.seen + age
            guard age < configuration.maximumAge, !entry.record.isExpired(at: storeTime) else {
                state.entries.remove(exchange.id)
                state.statistics.misses += misses
                return nil
            }
            state.statistics.hits += 1
            return .conflict(entry.record, now: storeTime)
        }
    }

    /// Keeps what the store answered, if it will never change.
    package func keep(_ reply: ExchangeReply, of id: RecordID, sent: Moment) {
        guard let record = reply.record, case .completed(let outcome, _, _) = record.state,
            outcome.bytes.count <= configuration.maximumRecordBytes
        else { return }
        let label = record.label
        let size =
            160 + outcome.bytes.count + record.checkpoint.count + label.key.utf8.count
            + label.scope.utf8.count + label.operation.utf8.count
        // Counted from the sending: by the store's clock the entry is rather older than that, never younger.
        let entry = Entry(record: record, seen: reply.now, moment: sent)
        state.withLock { $0.entries.insert(entry, size: size, for: id) }
    }

    /// Waits by the clock of this cache.
    func pause(for duration: Duration) async throws {
        try await clock.sleep(until: clock.now + duration)
    }

    /// Forgets everything, so that what is told next comes from the store.
    package func forgetAll() {
        state.withLock { state in
            state.entries = LeastRecentlyUsed(
                countLimit: configuration.maximumCount, sizeLimit: configuration.maximumBytes)
        }
    }

    /// When an exchange that goes to the store is sent.
    package var now: Moment { clock.now }
}

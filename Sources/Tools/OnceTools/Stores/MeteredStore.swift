import CoreMetrics
import Idempotency
import Metrics

/// A store whose exchanges are counted and timed, and whose records are gauged when somebody asks; with a cache of
/// outcomes in front, so that most duplicates do not reach it.
///
/// Metrics: `idempotency_store_exchange_duration_seconds` by `result`, `idempotency_store_failures_total` by `code`,
/// `idempotency_cache_hits_total`, `idempotency_records` by `state`.
final class MeteredStore: OperableStore, UsageStore, WakingStore {
    private struct Instruments: Sendable {
        let stored: Metrics.Timer
        let conflict: Metrics.Timer
        let failed: Metrics.Timer
        let failures: [StoreError.Code: Counter]
        let cacheHits: Counter
        /// By state, in the order of `states`.
        let records: [Gauge]
    }

    private static let states = ["running", "lapsed", "completed", "in_doubt", "expired"]

    private let base: any OperableStore
    private let cache: CachedStore?
    private let instruments: Instruments
    private let clock = ContinuousClock()

    /// `base`, measured with instruments of `factory`, behind a cache of `cacheBytes`; without one if that is zero.
    init(_ base: any OperableStore, cacheBytes: Int = 0, factory: any MetricsFactory) {
        self.base = base
        var caching = CachedStore.Configuration()
        caching.maximumBytes = cacheBytes
        cache = cacheBytes > 0 ? CachedStore(base, configuration: caching) : nil
        func timer(_ result: String) -> Metrics.Timer {
            Metrics.Timer(
                label: "idempotency_store_exchange_duration", dimensions: [("result", result)], factory: factory)
        }
        func gauge(_ state: String) -> Gauge {
            Gauge(label: "idempotency_records", dimensions: [("state", state)], factory: factory)
        }
        let codes: [StoreError.Code] = [.unavailable, .full, .tooLarge, .corrupt, .misuse, .shutDown]
        let failures = codes.map { code in
            let dimensions = [("code", code.description)]
            return (code, Counter(label: "idempotency_store_failures_total", dimensions: dimensions, factory: factory))
        }
        instruments = Instruments(
            stored: timer("stored"), conflict: timer("conflict"), failed: timer("failed"),
            failures: Dictionary(uniqueKeysWithValues: failures),
            cacheHits: Counter(label: "idempotency_cache_hits_total", factory: factory),
            records: Self.states.map(gauge))
    }

    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        if let reply = cached(exchange) { return reply }
        let start = clock.now
        let sent = cache?.now
        do throws(StoreError) {
            let reply = try await base.exchange(exchange)
            if let cache, let sent { cache.keep(reply, of: exchange.id, sent: sent) }
            measure(.success(reply), since: start)
            return reply
        } catch {
            measure(.failure(error), since: start)
            throw error
        }
    }

    func submit(
        _ exchange: Exchange, completion: @escaping @Sendable (Result<ExchangeReply, StoreError>) -> Void
    ) {
        if let reply = cached(exchange) { return completion(.success(reply)) }
        let start = clock.now
        let sent = cache?.now
        base.submit(exchange) { [self] result in
            if let cache, let sent, case .success(let reply) = result { cache.keep(reply, of: exchange.id, sent: sent) }
            measure(result, since: start)
            completion(result)
        }
    }

    func record(_ id: RecordID) async throws(StoreError) -> (record: Record?, now: Timestamp) {
        try await base.record(id)
    }

    func records(_ query: RecordQuery) async throws(StoreError) -> RecordPage {
        try await base.records(query)
    }

    func walk(from place: WalkPlace?, limit: Int) async throws(StoreError) -> WalkPage {
        try await base.walk(from: place, limit: limit)
    }

    func counts() async throws(StoreError) -> RecordCounts {
        try await base.counts()
    }

    func sweep(limit: Int) async throws(StoreError) -> Int {
        try await base.sweep(limit: limit)
    }

    /// What the records of each scope take; `misuse` where the store underneath cannot count them.
    func usage(after cursor: UInt64?, limit: Int) async throws(StoreError) -> UsagePage {
        guard let base = base as? any UsageStore else {
            throw StoreError(.misuse, "The store cannot count by scope.", effect: .notApplied)
        }
        return try await base.usage(after: cursor, limit: limit)
    }

    /// As the store underneath; one that tells of no changes is waited for until `limit` is over.
    func change(of id: RecordID, within limit: Duration) async {
        await base.changeIfTold(of: id, within: limit) { try await Task.sleep(for: $0) }
    }

    /// Whether the store underneath does.
    var hearsOtherProcesses: Bool { base.tellsOfOtherProcesses }

    /// Under which name the store counts a scope.
    func usageName(of scope: String) -> String {
        (base as? any UsageStore)?.usageName(of: scope) ?? scope
    }

    /// Empties the cache: what is told next comes from the store.
    func forgetOutcomes() {
        cache?.forgetAll()
    }

    /// Asks the store how many records there are, for the gauges. When it cannot say, they stay as they are and the
    /// failure is counted.
    func gaugeRecords() async {
        do throws(StoreError) {
            let counts = try await base.counts()
            let numbers = [counts.running, counts.lapsed, counts.completed, counts.inDoubt, counts.expired]
            for (gauge, number) in zip(instruments.records, numbers) { gauge.record(number) }
        } catch {
            instruments.failures[error.code]?.increment()
        }
    }

    private func cached(_ exchange: Exchange) -> ExchangeReply? {
        guard let reply = cache?.cached(exchange) else { return nil }
        instruments.cacheHits.increment()
        return reply
    }

    private func measure(_ result: Result<ExchangeReply, StoreError>, since start: ContinuousClock.Instant) {
        let (seconds, attoseconds) = (clock.now - start).components
        let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        switch result {
        case .success(.stored): instruments.stored.recordNanoseconds(nanoseconds)
        case .success(.conflict): instruments.conflict.recordNanoseconds(nanoseconds)
        case .failure(let error):
            instruments.failed.recordNanoseconds(nanoseconds)
            instruments.failures[error.code]?.increment()
        }
    }
}

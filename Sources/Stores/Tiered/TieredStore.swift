public import Idempotency
public import Logging
public import Metrics
import Synchronization

/// A fast store in front of a durable one, as one register: claims and attempts under way live in front, outcomes and
/// doubts behind, with a copy in front that answers duplicates.
///
/// An operation takes one write behind instead of two, and a duplicate none. What is promised while the store in front
/// keeps what it has acknowledged is all that a single store promises. When it loses a claim whose attempt is under
/// way, a retry may be let in beside that attempt; the first end of all is kept, by the one conditional write behind,
/// and the other one is told so. Outcomes and doubts that were acknowledged are as safe as the store behind.
/// `docs/TIERS.md` has it in full.
///
/// The store in front must give out fences that grow although it loses its records; the one for Redis does, as its
/// fences contain the time.
public final class TieredStore<Front: RecordStore, Base: RecordStore>: RecordStore {
    /// The store in front: claims, attempts under way, copies of outcomes.
    public let front: Front
    /// The store behind: outcomes, doubts and recovery points.
    public let base: Base

    let markerAge = Duration.seconds(3600)
    private let attempts = KnownAttempts()
    private let tally: TierTally
    private let markersSwept = Mutex(ContinuousClock.now)

    /// `front` in front of `base`.
    ///
    /// - Parameters:
    ///   - front: A store that no other program than this kind of store uses.
    ///   - base: A store that no other program than this kind of store uses.
    ///   - logger: Where to say what an operator should know: claims that the store in front has lost.
    ///   - metrics: What makes the counters of `idempotency_front_events_total`, by `event`: `lost_claim`, `overruled`,
    ///     `copied`, `unpublished`, as in `TierStatistics`.
    public init(
        front: Front, base: Base, logger: Logger, metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        self.front = front
        self.base = base
        tally = TierTally(logger, factory: metrics)
    }

    /// What was noticed since the store was made.
    public var statistics: TierStatistics { tally.current }

    /// Replaces the record of a key if it is the expected one; otherwise tells what is there.
    public func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        let (known, begin) = begin(exchange)
        var work = begin
        while true {
            switch work {
            case .front(let question, let then): work = then(await Self.ask(front, question))
            case .base(let question, let then): work = then(await Self.ask(base, question))
            case .done(let result, let events):
                end(exchange, known, result, events)
                return try result.get()
            }
        }
    }

    private static func ask(_ store: some RecordStore, _ exchange: Exchange) async -> Result<ExchangeReply, StoreError>
    {
        do throws(StoreError) {
            return .success(try await store.exchange(exchange))
        } catch {
            return .failure(error)
        }
    }

    /// Whether it is an hour since the markers were swept last; the first one to ask is to do it.
    func isMarkerSweepDue() -> Bool {
        markersSwept.withLock { last in
            guard ContinuousClock.now - last > markerAge else { return false }
            last = .now
            return true
        }
    }

    private func begin(_ exchange: Exchange) -> (known: Record?, work: TierWork) {
        let known = attempts.take(for: exchange)
        return (known, TierExchange(exchange, known: known, mark: .fresh()).work)
    }

    private func end(
        _ exchange: Exchange, _ known: Record?, _ result: Result<ExchangeReply, StoreError>, _ events: TierEvents
    ) {
        attempts.note(result, of: exchange, known: known)
        if !events.isEmpty { tally.count(events, of: exchange.id) }
    }
}

extension TieredStore: SubmittingStore where Front: SubmittingStore, Base: SubmittingStore {
    /// Asks the two stores one after the other and calls back when all is done, on a thread of either.
    public func submit(
        _ exchange: Exchange, completion: @escaping @Sendable (Result<ExchangeReply, StoreError>) -> Void
    ) {
        let (known, work) = begin(exchange)
        go(on: work) { [self] result, events in
            end(exchange, known, result, events)
            completion(result)
        }
    }

    private func go(
        on work: TierWork,
        _ completion: @escaping @Sendable (Result<ExchangeReply, StoreError>, TierEvents) -> Void
    ) {
        switch work {
        case .front(let question, let then):
            front.submit(question) { [self] result in go(on: then(result), completion) }
        case .base(let question, let then):
            base.submit(question) { [self] result in go(on: then(result), completion) }
        case .done(let result, let events): completion(result, events)
        }
    }
}

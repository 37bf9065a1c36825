import Idempotency

/// An exchange with two stores that are one register.
///
/// The record in front is the record of the key, and every exchange takes effect when that is written. Outcomes, doubts
/// and recovery points are written behind first, under a lock in front, so that whatever is seen in front is safe.
/// `docs/TIERS.md` tells the protocol and why it is right; the tests explore it.
struct TierExchange: Sendable {
    let exchange: Exchange
    /// The record as this process last wrote it for the attempt that the exchange expects, if it did.
    let known: Record?
    /// The owner of locks and markers that this exchange writes.
    let mark: Owner
    /// How often the exchange has begun anew, because somebody else was faster.
    var turn: UInt32 = 0
    var events: TierEvents = []

    private let turnLimit: UInt32

    /// An exchange; `known` is what the process knows of the attempt that it expects.
    init(
        _ exchange: Exchange, known: Record?, mark: Owner, turnLimit: UInt32 = 200
    ) {
        self.exchange = exchange
        self.known = known
        self.mark = mark
        self.turnLimit = turnLimit
    }

    /// What is to be done.
    var work: TierWork {
        guard let next else { return move() }
        if next.isDurable { return settle(next) }
        guard next.owner == expecting.attempt else { return move() }
        if let known { return known.checkpoint == next.checkpoint ? move() : settle(next) }
        return lookInFront { seen, now in
            guard let record = seen.record, expecting.holds(for: record, at: now) else { return refuse(seen, now) }
            return record.checkpoint == next.checkpoint ? move() : settle(next)
        }
    }

    var id: RecordID { exchange.id }
    var expecting: Expectation { exchange.expecting }
    var next: Draft? { exchange.next }

    /// Whether the exchange lets an attempt in: whoever it is, it must not be there behind already.
    var isGrant: Bool {
        guard let next, case .running = next.state else { return false }
        return next.owner != expecting.attempt
    }

    /// Whether the exchange ends an attempt that another process runs.
    var endsForeignAttempt: Bool {
        guard known == nil, let attempt = expecting.attempt else { return false }
        guard let next, case .running = next.state else { return true }
        return next.owner != attempt
    }
}

// MARK: - Steps

extension TierExchange {
    /// A number for what is written in this turn: no two writes of one mark have the same.
    func number(after record: Record?) -> UInt32 { max((record?.renewals ?? 0) &+ 1, turn << 16) }

    /// Begins anew, unless that was often enough.
    func again(_ body: @escaping @Sendable (TierExchange) -> TierWork) -> TierWork {
        guard turn < turnLimit else {
            let message = "Too many exchanges with one key at once; this one has changed nothing."
            return .done(.failure(StoreError(.unavailable, message, effect: .notApplied)), events)
        }
        var exchange = self
        exchange.turn += 1
        return body(exchange)
    }

    func with(_ events: TierEvents) -> TierExchange {
        var exchange = self
        exchange.events.formUnion(events)
        return exchange
    }

    func stored(_ record: Record?, _ now: Timestamp) -> TierWork { .done(.success(.stored(record, now: now)), events) }

    func conflict(_ record: Record?, _ now: Timestamp) -> TierWork {
        .done(.success(.conflict(record, now: now)), events)
    }

    func failed(_ error: StoreError) -> TierWork { .done(.failure(error), events) }

    /// Looks at what lies in front.
    func lookInFront(_ then: @escaping @Sendable (FrontRecord, Timestamp) -> TierWork) -> TierWork {
        front(.vacant, nil) { reply in then(FrontRecord(reply.record), reply.now) }
    }

    /// Looks at what lies behind.
    func lookBehind(_ then: @escaping @Sendable (BaseRecord, Timestamp) -> TierWork) -> TierWork {
        base(.vacant, nil) { reply in then(BaseRecord(reply.record), reply.now) }
    }

    /// What follows an answer; where a store gives none, nothing that counts has happened.
    func answered(_ then: @escaping @Sendable (ExchangeReply) -> TierWork) -> TierWork.Following {
        { result in
            switch result {
            case .success(let reply): then(reply)
            case .failure(let error): failed(error.unapplied)
            }
        }
    }

    /// Asks the store in front; where it fails, nothing that counts has happened.
    func front(
        _ expecting: Expectation, _ next: Draft?, _ then: @escaping @Sendable (ExchangeReply) -> TierWork
    ) -> TierWork {
        .front(Exchange(id, expecting: expecting, next: next), answered(then))
    }

    /// Asks the store behind; where it fails, nothing that counts has happened.
    func base(
        _ expecting: Expectation, _ next: Draft?, _ then: @escaping @Sendable (ExchangeReply) -> TierWork
    ) -> TierWork {
        .base(Exchange(id, expecting: expecting, next: next), answered(then))
    }

    /// Puts what the store behind knows into the place of what lies in front, and tells it.
    func adopt(_ record: Record, _ now: Timestamp, over seen: FrontRecord) -> TierWork {
        let told = with(.copied)
        // Under a lock it was just about to be told, and has all its time before it.
        var copy = Draft(copying: record, at: seen.isLocked ? record.settled ?? now : now).inFront
        // A claim that comes back with its recovery point must not be what somebody saw before it was lost.
        if record.isRunning { copy.renewals |= 1 << 31 }
        return .front(Exchange(id, expecting: seen.exactly, next: copy)) { result in
            switch result {
            case .success(.stored(let copy, let now)): return told.conflict(FrontRecord(copy).record, now)
            case .success(.conflict(let other, let otherNow)):
                let other = FrontRecord(other)
                if let found = other.record, !found.isRunning, found.isDone || !record.isDone {
                    return conflict(found, otherNow)
                }
                return again { $0.adopt(record, now, over: other) }
            case .failure: return told.with(.unpublished).conflict(record, now)
            }
        }
    }
}

extension Draft {
    /// Whether it must outlive the store in front.
    var isDurable: Bool {
        if case .running = state { false } else { true }
    }
}

extension Record {
    var isRunning: Bool {
        if case .running = state { true } else { false }
    }

    var isDone: Bool {
        if case .completed = state { true } else { false }
    }
}

extension Expectation {
    /// The attempt that is expected to be running.
    var attempt: Owner? {
        switch self {
        case .running(let owner), .unrenewed(let owner, _): owner
        case .vacant, .inDoubt: nil
        }
    }
}

import Idempotency
import IdempotencyLanes
import Logging

/// What works on a lane of a store: it has one connection and makes a batch one transaction, sent in one piece.
struct StoreWorker: LaneWorker {
    private let context: StoreContext
    private var keeper: ConnectionKeeper
    /// Where the connection of a round was to whose fate nobody knows.
    private var predecessor: Predecessor?
    /// How long after its claim a row is likely to expire: the last retention that was seen.
    private var dueAfter: Int64

    /// Works over a connection that was made before, or makes one when it is first needed.
    init(_ keeper: ConnectionKeeper, context: StoreContext) {
        self.keeper = keeper
        self.context = context
        dueAfter = context.configuration.expectedRetention.wholeMicroseconds
    }

    mutating func perform(_ jobs: [StoreJob]) {
        // What has waited too long already is refused without a try.
        let now = ContinuousClock.now
        var exchanges: [Exchange] = []
        var completions: [@Sendable (Result<ExchangeReply, StoreError>) -> Void] = []
        var earliest = now + context.configuration.requestTimeout
        for case .exchange(let exchange, let end, let completion) in jobs {
            guard end > now else {
                completion(.failure(Self.queuedTooLong))
                continue
            }
            earliest = min(earliest, end)
            exchanges.append(exchange)
            completions.append(completion)
        }
        if !exchanges.isEmpty {
            let answers = answer(
                exchanges, connectingUntil: earliest, until: now + context.configuration.requestTimeout)
            context.statistics.count { counts in
                counts.batches += 1
                counts.exchanges += exchanges.count
            }
            for (completion, answer) in zip(completions, answers) { completion(answer) }
        }
        for case .work(let end, let body) in jobs {
            do {
                let connection = try keeper.connection(until: end)
                body(.success(connection))
                if !connection.rollBack(until: .now + .seconds(1)) { keeper.drop() }
            } catch {
                body(.failure(error))
            }
        }
    }

    mutating func idle() {}

    mutating func close() {
        keeper.drop()
    }

    static func refuse(_ job: StoreJob, because reason: LaneRefusal) {
        job.refuse(because: reason)
    }

    // MARK: - Rounds

    private mutating func answer(
        _ exchanges: [Exchange], connectingUntil earliest: ContinuousClock.Instant,
        until deadline: ContinuousClock.Instant
    ) -> [Result<ExchangeReply, StoreError>] {
        var batch = ExchangeBatch(exchanges)
        var races = 0
        while !batch.isDone {
            let connection: Connection
            do {
                connection = try keeper.connection(until: earliest)
                try waitForPredecessor(on: connection, until: deadline)
            } catch {
                batch.failAll { $0 ? error.withUnknownEffect : error }
                break
            }
            let round = batch.nextRound(table: connection.session.table)
            learn(from: round)
            switch trip(of: round, in: batch).run(on: connection, until: deadline) {
            case .done(let replies, let awaited):
                races = 0
                batch.take(replies, of: round)
                wake(round, replies, awaited: awaited, on: connection, until: deadline)
            case .unconfirmed:
                batch.doubt(round)
                batch.fail(round) { $0 ? Self.unconfirmed : Self.unconfirmed.withoutEffect }
            case .failed(let failure, let mayBeApplied):
                settle(failure, mayBeApplied: mayBeApplied, round, &batch, &races, until: deadline)
            }
            if !connection.isOpen || !connection.rollBack(until: deadline) { keeper.drop() }
        }
        return batch.answers
    }

    /// Decides what becomes of a round that failed.
    private mutating func settle(
        _ failure: PostgresFailure, mayBeApplied: Bool, _ round: Round, _ batch: inout ExchangeBatch,
        _ races: inout Int, until deadline: ContinuousClock.Instant
    ) {
        if mayBeApplied {
            batch.doubt(round)
            if let lost = keeper.current, !lost.session.isExchanged { predecessor = Predecessor(lost) }
        }
        let refusal = failure.storeError(.notApplied)
        if mayBeApplied, predecessor == nil {
            // Which session was at work is not known, nor when it is done: nothing that is found now proves anything.
            keeper.drop()
            batch.fail(round) { $0 ? refusal.withUnknownEffect : refusal }
            return
        }
        // A server that refuses again and again over sessions that live on is not asked for ever.
        let endsSession = keeper.current?.isOpen != true
        switch failure.meaning {
        case .again where races < Self.raceLimit:
            races += 1
        case .again where !batch.isolates && round.entries.count > 1,
            .isolate where !batch.isolates && round.entries.count > 1:
            races = 0
            batch.isolates = true
        case .reconnect where ContinuousClock.now < deadline && (endsSession || races < Self.raceLimit):
            if !endsSession { races += 1 }
            keeper.drop()
            context.statistics.count { $0.reconnections += 1 }
        case .tooLate, .reconnect:
            // The server may be alive and waiting for its standbys; nothing that is found now would prove anything.
            keeper.drop()
            batch.failAll { $0 ? refusal.withUnknownEffect : refusal }
        case .again, .isolate, .refuse:
            races = 0
            batch.fail(round) { $0 ? refusal.withUnknownEffect : refusal }
        }
    }

    /// How often a round is sent again that lost a race.
    private static let raceLimit = 5

    /// Waits until the session is gone whose last transaction may still be under way: what is found before that could
    /// change afterwards.
    private mutating func waitForPredecessor(
        on connection: Connection, until deadline: ContinuousClock.Instant
    ) throws(StoreError) {
        guard let predecessor else { return }
        guard try predecessor.isGone(seenFrom: connection, until: deadline) else {
            throw StoreError(
                .unavailable,
                "The PostgreSQL server is still at work on a transaction whose connection broke; retry with the same "
                    + "key.", effect: .notApplied)
        }
        self.predecessor = nil
    }

    private func trip(of round: Round, in batch: ExchangeBatch) -> RoundTrip {
        RoundTrip(
            round, dueAfter: dueAfter,
            confirms: context.durability.level == .replicated && batch.isInDoubt(round))
    }

    private mutating func learn(from round: Round) {
        for entry in round.entries {
            if case .update(let draft) = entry.step, case .completed(_, let retention) = draft.state {
                dueAfter = max(retention.wholeMicroseconds, 0)
                return
            }
        }
    }

    private func wake(
        _ round: Round, _ replies: [RoundReply], awaited: [RecordID], on connection: Connection,
        until deadline: ContinuousClock.Instant
    ) {
        for (entry, reply) in zip(round.entries, replies) where reply.isWritten { context.bell.strike(entry.id) }
        guard !awaited.isEmpty else { return }
        // A hint: whoever waits looks again by itself when it is lost.
        _ = connection.run([WaitStatements.notify(awaited, table: connection.session.table)], until: deadline)
    }

    private static let queuedTooLong = StoreError(
        .unavailable, "The PostgreSQL store did not come to this exchange in time; retry later with the same key.",
        effect: .notApplied)

    private static let unconfirmed = StoreError(
        .unavailable,
        "The PostgreSQL server stopped waiting for its synchronous standbys: the write is on its own disk, and may be "
            + "lost by a failover. Retry with the same key.", effect: .unknown)
}

extension StoreError {
    /// The same, of a write that may have been applied.
    var withUnknownEffect: StoreError { StoreError(code, message, effect: .unknown, cause: cause) }

    /// The same, of something that wrote nothing.
    var withoutEffect: StoreError { StoreError(code, message, effect: .notApplied, cause: cause) }
}

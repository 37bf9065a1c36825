import Idempotency

/// A batch of exchanges on its way through one or more rounds: a value without a connection.
///
/// Exchanges of different keys share a round. Of those of one key the first goes to the server; what it finds there
/// answers all others that it refuses as well, so that a thousand duplicates cost one look. The rest takes the next
/// round.
struct ExchangeBatch {
    fileprivate struct Item {
        let exchange: Exchange
        var answer: Result<ExchangeReply, StoreError>?
        var hasMetExpired = false
        /// Whether its write met something else than it expects, unseen.
        var hasMissed = false
        var mayBeApplied = false
        var rounds = 0
    }

    /// How much one round carries at most, in bytes: a message is built in memory, on both sides.
    static let roundSize = 8 << 20
    /// After how many rounds an exchange gives up that meets something else every time it looks.
    static let roundLimit = 20

    /// Whether rounds are to have one exchange only, because a larger one failed.
    var isolates = false

    private var items: [Item]
    /// The items of a key that are not answered, oldest first.
    private var queues: [RecordID: [Int]] = [:]
    /// The keys that have such items, in the order of their first one.
    private var order: [RecordID] = []

    /// A batch in which nothing is answered.
    init(_ exchanges: [Exchange]) {
        items = exchanges.map { Item(exchange: $0) }
        for (index, exchange) in exchanges.enumerated() {
            if queues[exchange.id] == nil { order.append(exchange.id) }
            queues[exchange.id, default: []].append(index)
        }
    }

    /// Whether all is answered.
    var isDone: Bool { order.isEmpty }

    /// The answers, once all are there.
    var answers: [Result<ExchangeReply, StoreError>] {
        items.map { $0.answer ?? .failure(Self.restless) }
    }

    /// What is to be sent next.
    func nextRound(table: Int64) -> Round {
        var entries: [Round.Entry] = []
        var size = 0
        for id in order {
            guard let index = queues[id]?.first else { continue }
            let item = items[index]
            size += item.exchange.next?.contentSize ?? 0
            if !entries.isEmpty, size > Self.roundSize || isolates { break }
            entries.append(
                Round.Entry(item: index, id: id, expecting: item.exchange.expecting, step: item.step))
        }
        return Round(entries, table: table)
    }

    /// Takes in what a round has done.
    ///
    /// - Returns: The keys whose records have changed.
    mutating func take(_ replies: [RoundReply], of round: Round) {
        for (entry, reply) in zip(round.entries, replies) {
            items[entry.item].rounds += 1
            guard let (register, now) = settle(entry, reply) else {
                if items[entry.item].rounds >= Self.roundLimit { answer(entry.item, .failure(Self.restless)) }
                continue
            }
            answerFollowers(of: entry.id, from: register, at: now)
        }
        tidy()
    }

    /// Refuses all exchanges of a round.
    mutating func fail(_ round: Round, _ error: (_ mayBeApplied: Bool) -> StoreError) {
        for entry in round.entries {
            let item = items[entry.item]
            answer(entry.item, .failure(error(item.mayBeApplied && item.exchange.isWrite)))
        }
        tidy()
    }

    /// Refuses all that is not answered yet.
    mutating func failAll(_ error: (_ mayBeApplied: Bool) -> StoreError) {
        for index in items.indices where items[index].answer == nil {
            answer(index, .failure(error(items[index].mayBeApplied && items[index].exchange.isWrite)))
        }
        tidy()
    }

    /// Notes that nobody knows what became of a round, which is going to be sent again.
    mutating func doubt(_ round: Round) {
        for entry in round.entries { items[entry.item].mayBeApplied = true }
    }

    /// Whether any of a round may have been applied before.
    func isInDoubt(_ round: Round) -> Bool {
        round.entries.contains { items[$0.item].mayBeApplied }
    }

    // MARK: - Answers

    /// Answers an exchange that was carried out or refused; what is there now and since when that is known, or `nil`
    /// when it has to be sent again.
    private mutating func settle(_ entry: Round.Entry, _ reply: RoundReply) -> (register: Register, now: Timestamp)? {
        let exchange = items[entry.item].exchange
        switch reply {
        case .stored(let now, let fence):
            let record = exchange.next?.stamped(at: now, fence: fence)
            answer(entry.item, .success(.stored(record, now: now)))
            return (Register(record), now)
        case .deleted(let now):
            answer(entry.item, .success(.stored(nil, now: now)))
            return (Register(), now)
        case .missed:
            items[entry.item].hasMissed = true
            return nil
        case .found(let found, let now):
            items[entry.item].hasMissed = false
            switch found {
            case .success(let record): return settle(entry.item, finding: record, at: now)
            case .failure(let error): answer(entry.item, .failure(error))
            }
            return nil
        }
    }

    /// Answers an exchange by what lies there, unless it can be written after all.
    private mutating func settle(
        _ index: Int, finding found: Record?, at now: Timestamp
    ) -> (register: Register, now: Timestamp)? {
        let item = items[index]
        let register = Register(found)
        guard item.exchange.expecting.holds(for: found, at: now) else {
            answer(index, refusal(of: item, by: register, at: now))
            return (register, now)
        }
        guard item.exchange.isWrite else {
            answer(index, .success(.stored(nil, now: now)))
            return (register, now)
        }
        items[index].hasMetExpired = found != nil
        return nil
    }

    /// The answer to an exchange that met something else.
    private func refusal(of item: Item, by register: Register, at now: Timestamp) -> Result<ExchangeReply, StoreError> {
        let found = register.current(at: now)
        guard item.mayBeApplied else { return .success(.conflict(found, now: now)) }
        guard let next = item.exchange.next else {
            // Whether it was this exchange that removed the record, nobody can tell.
            return found == nil ? .failure(Self.lostDelete) : .success(.conflict(found, now: now))
        }
        if let found, next.isContent(of: found) { return .success(.stored(found, now: now)) }
        return .success(.conflict(found, now: now))
    }

    /// Answers the exchanges of the same key that what is there refuses as well; they have been waiting all the while.
    private mutating func answerFollowers(of id: RecordID, from register: Register, at now: Timestamp) {
        for index in queues[id] ?? [] where items[index].answer == nil {
            let item = items[index]
            guard !item.exchange.expecting.holds(for: register.record, at: now), !item.mayBeApplied else { return }
            answer(index, .success(.conflict(register.current(at: now), now: now)))
        }
    }

    private mutating func answer(_ index: Int, _ answer: Result<ExchangeReply, StoreError>) {
        if items[index].answer == nil { items[index].answer = answer }
    }

    private mutating func tidy() {
        for (id, queue) in queues {
            let rest = queue.filter { items[$0].answer == nil }
            queues[id] = rest.isEmpty ? nil : rest
        }
        order.removeAll { queues[$0] == nil }
    }

    private static let restless = StoreError(
        .unavailable, "The record changed whenever it was looked at; retry with the same key.", effect: .notApplied)

    private static let lostDelete = StoreError(
        .unavailable,
        "The connection to PostgreSQL broke while a key was released; nobody knows whether it was. Retry with the same "
            + "key.", effect: .unknown)
}

extension ExchangeBatch.Item {
    /// What it asks of the table next.
    fileprivate var step: Round.Step {
        if hasMissed { return .look }
        return switch (exchange.expecting, exchange.next) {
        case (.vacant, nil): .look
        case (.vacant, let next?): hasMetExpired ? .replaceExpired(next) : .insert(next)
        case (_, nil): .delete
        case (_, let next?): .update(next)
        }
    }
}

extension Exchange {
    /// Whether it changes anything.
    var isWrite: Bool { expecting != .vacant || next != nil }
}

extension Draft {
    /// The bytes of the parts that have no fixed size.
    var contentSize: Int {
        var size = checkpoint.count + label.key.utf8.count + label.scope.utf8.count + label.operation.utf8.count
        if case .completed(let outcome, _) = state { size += outcome.bytes.count }
        return size
    }

    /// Whether a record is what this draft becomes when it is written, whenever that was.
    func isContent(of record: Record) -> Bool {
        let sameState =
            switch (state, record.state) {
            case (.running, .running): true
            case (.completed(let outcome, _), .completed(let found, _, _)): outcome == found
            case (.inDoubt(let doubt), .inDoubt(let found, _)): doubt == found
            default: false
            }
        return sameState && owner == record.owner && fingerprint == record.fingerprint && attempt == record.attempt
            && renewals == record.renewals && checkpoint == record.checkpoint && label == record.label
            && (fence == nil || fence == record.fence) && (created == nil || created == record.created)
    }
}

import Idempotency

extension Sealer {
    /// What the store has answered so far.
    struct Answered {
        fileprivate var reply: ExchangeReply
        /// Whether it is the answer to a doubt that was written down in between.
        fileprivate var isSecond = false
        fileprivate let whenVacant: StoreError?

        init(_ reply: ExchangeReply, to question: Question) {
            self.reply = reply
            whenVacant = question.whenVacant
        }

        /// The answer to the doubt.
        mutating func second(_ reply: ExchangeReply) {
            self.reply = reply
            isSecond = true
        }
    }

    /// What a caller is told, or what is to be done before.
    enum Reading {
        case reply(ExchangeReply)
        /// The attempt is over and all that it left is erased: nobody can take it over. Its doubt is to be written
        /// down.
        case abandon(Exchange)
    }

    /// What the caller of an exchange is told.
    func read(_ answered: Answered, of exchange: Exchange) throws(StoreError) -> Reading {
        switch answered.reply {
        case .stored(let record?, let now) where !answered.isSecond:
            // It holds what was sent: only the stamps are news.
            guard let next = exchange.next else { return .reply(.stored(nil, now: now)) }
            return .reply(.stored(record.holding(RecordContent(of: next)), now: now))
        case .stored(nil, let now) where !answered.isSecond: return .reply(.stored(nil, now: now))
        case .conflict(nil, let now), .stored(nil, let now):
            if let refusal = answered.whenVacant { throw refusal }
            return .reply(.conflict(nil, now: now))
        case .conflict(let record?, let now), .stored(let record?, let now):
            switch try open(record, of: exchange.id) {
            case .readable(let record): return .reply(.conflict(record, now: now))
            case .erased(let rest):
                if case .running(let leaseEnd) = record.state, leaseEnd <= now {
                    guard !answered.isSecond else { throw SealingError.restless(exchange.id) }
                    return .abandon(
                        Exchange(
                            exchange.id, expecting: .unrenewed(record.owner, renewals: record.renewals),
                            next: Draft(record, state: .inDoubt(.leaseLapsed))))
                }
                return .reply(.conflict(recognised(rest, record, exchange), now: now))
            }
        }
    }

    /// What is left of an erased record as the caller is to see it: as its own request, if it is that.
    private func recognised(_ rest: Record, _ record: Record, _ exchange: Exchange) -> Record {
        guard let asked = exchange.next?.fingerprint, wasAsked(asked, record, of: exchange.id) else { return rest }
        var content = RecordContent(of: rest)
        content.fingerprint = asked
        return rest.holding(content)
    }
}

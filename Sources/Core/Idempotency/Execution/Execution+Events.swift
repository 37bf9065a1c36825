extension Execution {
    /// The store answered a write.
    package mutating func replied(_ reply: ExchangeReply, to purpose: Effects.Purpose, at now: Moment) -> Effects {
        // Late news of a write whose execution has gone on has no effects.
        switch purpose {
        case .claim:
            guard case .claiming = phase else { return Effects() }
            return claimReplied(reply, at: now)
        case .renew:
            guard isOperating || isSettling else { return Effects() }
            return renewReplied(reply, at: now)
        case .settle:
            guard case .settling(let settlement) = phase else { return Effects() }
            return settleReplied(reply, of: settlement, at: now)
        }
    }

    /// The store failed at a write.
    package mutating func failed(_ error: StoreError, to purpose: Effects.Purpose, at now: Moment) -> Effects {
        switch (purpose, phase) {
        case (.claim, .claiming(let exchange)): return claimFailed(error, exchange: exchange, at: now)
        case (.settle, .settling(let settlement)): return settleFailed(error, of: settlement, at: now)
        case (.renew, .operating):
            renewFailed(at: now)
            return Effects()
        case (.claim, _), (.renew, _), (.settle, _): return Effects()
        }
    }

    /// The time that was asked for with `wake` has come. Coming early does no harm.
    package mutating func tick(at now: Moment) -> Effects {
        guard let wake, wake <= now else { return Effects() }
        self.wake = nil
        switch phase {
        case .claiming(let exchange): return send(claim: exchange, at: now)
        case .waiting:
            if let waitEnd, now >= waitEnd { return endWait() }
            return claim(at: now)
        case .operating: return operatingTick(at: now)
        case .settling(let settlement): return sendSettlement(settlement, expecting: .running(owner), at: now)
        case .idle, .done: return Effects()
        }
    }
}

extension Execution {
    /// Starts: asks the store for the key.
    package mutating func begin(at now: Moment) -> Effects {
        guard case .idle = phase else { return Effects() }
        patienceEnd = now + terms.patience
        if terms.wait > .zero { waitEnd = now + terms.wait }
        return claim(at: now)
    }

    /// Asks for a vacant key; where no new one is allowed, only looks at what is there.
    mutating func claim(at now: Moment) -> Effects {
        // Nobody else has this owner: what is expected cannot be, so that the record is told and nothing is written.
        guard excess == nil else {
            return send(claim: Exchange(request.id, expecting: .inDoubt(owner), next: nil), at: now)
        }
        let draft = Draft(claiming: request.fingerprint, owner: owner, lease: terms.lease, label: request.label)
        return send(claim: Exchange(request.id, expecting: .vacant, next: draft), at: now)
    }

    mutating func send(claim exchange: Exchange, at now: Moment) -> Effects {
        phase = .claiming(exchange)
        sent = now
        wake = nil
        var effects = Effects()
        effects.write = .init(purpose: .claim, exchange: exchange)
        return effects
    }

    /// The store answered the claim, the takeover or the note of a doubt.
    mutating func claimReplied(_ reply: ExchangeReply, at now: Moment) -> Effects {
        let isOwn = reply.record.map { $0.owner == owner } ?? false
        if isOwn, let record = reply.record, case .running = record.state {
            // Stored now, or stored earlier and only its acknowledgement was lost.
            leaseEnd = sent + record.remainingLease(at: reply.now)
            guard now < leaseEnd else { return confirm(record, at: now) }
            return claimed(record, isReconciliation: record.attempt > 1 && terms.interrupted == .reconcile, at: now)
        }
        if case .stored(let record, _) = reply {
            guard case .inDoubt(let doubt, _) = record?.state else { return Effects() }
            return finish(.inDoubt(doubt))
        }
        return decide(on: reply.record, storeTime: reply.now, at: now)
    }

    /// The answer took longer than the lease: someone may have taken over meanwhile, so that nothing starts before the
    /// store has granted a new one.
    private mutating func confirm(_ record: Record, at now: Moment) -> Effects {
        let renewal = Draft(record, state: .running(lease: terms.lease))
        return send(claim: takeover(of: record, next: renewal), at: now)
    }

    private mutating func claimed(_ record: Record, isReconciliation: Bool, at now: Moment) -> Effects {
        self.record = record
        phase = .operating
        retries = 0
        wake = min(now + terms.renewal, leaseEnd)
        isReconciling = isReconciliation
        hasOperated = !isReconciliation
        var effects = Effects()
        effects.start = isReconciliation ? .reconciliation(record) : .operation(record)
        return effects
    }

    /// Someone else's record is there: the order of these decisions is a promise.
    private mutating func decide(on record: Record?, storeTime: Timestamp, at now: Moment) -> Effects {
        let decision = Decision(
            on: record, at: storeTime, fingerprint: request.fingerprint, alternatives: request.alternatives,
            interrupted: terms.interrupted)
        switch decision {
        case .claim:
            if let excess { return finish(.overQuota(excess)) }
            guard now < patienceEnd else { return finish(.inProgress(retryAfter: .seconds(1))) }
            return claim(at: now)
        case .mismatch: return finish(.mismatch)
        case .replay(let outcome): return finish(.replayed(outcome))
        case .inDoubt(let doubt): return meet(doubt, at: now)
        case .inProgress(let remaining): return wait(remaining: remaining, at: now)
        case .takeOver(let record), .reconcile(let record):
            let draft = Draft(takingOver: record, owner: owner, lease: terms.lease)
            return send(claim: takeover(of: record, next: draft), at: now)
        case .hold(let record):
            let draft = Draft(record, state: .inDoubt(.leaseLapsed))
            return send(claim: takeover(of: record, next: draft), at: now)
        }
    }

    private func takeover(of record: Record, next: Draft) -> Exchange {
        Exchange(request.id, expecting: .unrenewed(record.owner, renewals: record.renewals), next: next)
    }

    /// The store failed at the claim: nothing runs until it has answered.
    mutating func claimFailed(_ error: StoreError, exchange: Exchange, at now: Moment) -> Effects {
        let next = now + Backoff.delay(retries, jitter: owner.low)
        guard error.isTransient, next < patienceEnd else { return giveUp(error, exchange: exchange, at: now) }
        retries += 1
        wake = next
        return Effects()
    }

    /// Ends without having run anything.
    mutating func giveUp(_ error: StoreError, exchange: Exchange, at now: Moment) -> Effects {
        var effects = finish(.unavailable(error.code, error.message))
        // A first claim may have been applied all the same; nothing ran under it, so that it can be taken back. A
        // takeover is left to lapse: what the attempt before it did is still to be found out.
        if exchange.expecting == .vacant, error.effect == .unknown || retries > 0 {
            patienceEnd = now + terms.lease
            effects.write = settle(.release, at: now).write
        }
        return effects
    }
}

extension Execution {
    /// How the operation ended.
    package enum End: Hashable, Sendable {
        /// With an answer, success or error; it is stored.
        case completed(Outcome)
        /// Without having done anything; the key becomes free.
        case retryable
        /// Nobody knows, says the operation itself.
        case unknown
        /// In a way that nobody classified; the interrupted policy says what that means.
        case interrupted
    }

    /// What the reconciliation found.
    package enum Finding: Hashable, Sendable {
        /// The earlier attempt took effect, with this outcome.
        case tookEffect(Outcome)
        /// The earlier attempt did nothing.
        case didNothing
        /// It cannot tell either: the attempt is in doubt until it is settled.
        case unknown
        /// It could not be asked: the next caller asks again.
        case unanswered
        /// The attempt has done nothing so far, but what it asked of another system may still be under way there: this
        /// is believed only when it is found again after the lease is over.
        case nothingYet
    }

    /// The operation has ended.
    package mutating func operationEnded(_ end: End, at now: Moment) -> Effects {
        guard isOperating, !isReconciling else { return Effects() }
        switch end {
        case .completed(let outcome): return settle(.complete(outcome), at: now)
        case .retryable: return settle(.release, at: now)
        case .unknown where terms.interrupted != .reconcile: return settle(.doubt(.unknownEnd), at: now)
        case .interrupted where terms.interrupted == .rerun: return settle(.release, at: now)
        case .interrupted where terms.interrupted == .hold: return settle(.doubt(.unknownEnd), at: now)
        // Whoever takes over will ask; what is found out now could not be written any more.
        case .unknown where isLeaseLost, .interrupted where isLeaseLost: return finish(.inDoubt(.leaseLapsed))
        case .unknown, .interrupted:
            guard let record else { return Effects() }
            isReconciling = true
            var effects = Effects()
            effects.start = .reconciliation(record)
            return effects
        }
    }

    /// The reconciliation has ended.
    package mutating func reconciled(_ finding: Finding, at now: Moment) -> Effects {
        guard isOperating, isReconciling, let record else { return Effects() }
        switch finding {
        case .tookEffect(let outcome): return settle(.complete(outcome), at: now)
        case .unknown: return settle(.doubt(.reconcileUnknown), at: now)
        case .unanswered: return settle(.lapse, at: now)
        case .nothingYet: return finish(.inDoubt(.unknownEnd))
        // The watchdog may be late: what counts is the clock.
        case .didNothing where hasOperated || isLeaseLost || now >= leaseEnd: return settle(.release, at: now)
        case .didNothing:
            isReconciling = false
            hasOperated = true
            var effects = Effects()
            effects.start = .operation(record)
            return effects
        }
    }

    /// The operation wants to save a recovery point; it becomes durable with the next renewal.
    package mutating func save(checkpoint: [UInt8], at now: Moment) -> Effects {
        guard isOperating, !isLeaseLost else {
            var effects = Effects()
            effects.checkpointSaved = false
            return effects
        }
        queuedCheckpoint = checkpoint
        return renewal == nil ? renew(at: now) : Effects()
    }

    /// Writes a renewal. It names the count that it follows, so that a delayed copy of it changes nothing later.
    mutating func renew(at now: Moment) -> Effects {
        guard var record else { return Effects() }
        let checkpoint = queuedCheckpoint
        queuedCheckpoint = nil
        let expecting = Expectation.unrenewed(owner, renewals: record.renewals)
        if let checkpoint { record.checkpoint = checkpoint }
        let exchange = Exchange(
            request.id, expecting: expecting, next: Draft(record, state: .running(lease: terms.lease)))
        renewal = Renewal(exchange: exchange, checkpoint: checkpoint, sent: now, inFlight: true)
        wake = leaseEnd
        var effects = Effects()
        effects.write = .init(purpose: .renew, exchange: exchange)
        return effects
    }

    mutating func renewReplied(_ reply: ExchangeReply, at now: Moment) -> Effects {
        guard let renewal else { return Effects() }
        var effects = Effects()
        let isHeld =
            reply.record.map { current in
                current.owner == owner && current.renewals == renewal.exchange.next?.renewals
            } ?? false
        guard isHeld, let current = reply.record, case .running = current.state else {
            self.renewal = nil
            if renewal.checkpoint != nil || queuedCheckpoint != nil { effects.checkpointSaved = false }
            queuedCheckpoint = nil
            guard isOperating else { return effects }
            return lose(effects)
        }
        record = current
        self.renewal = nil
        guard isOperating else { return effects }
        leaseEnd = renewal.sent + current.remainingLease(at: reply.now)
        wake = isLeaseLost ? nil : min(renewal.sent + terms.renewal, leaseEnd)
        if queuedCheckpoint != nil, !isLeaseLost { effects = renew(at: now) }
        if renewal.checkpoint != nil { effects.checkpointSaved = true }
        return effects
    }

    mutating func renewFailed(at now: Moment) {
        renewal?.inFlight = false
        guard isOperating, !isLeaseLost else { return }
        retries += 1
        wake = min(now + Backoff.delay(retries, jitter: owner.low), leaseEnd)
    }

    /// Time has come for a renewal, for its repetition, or for the watchdog.
    mutating func operatingTick(at now: Moment) -> Effects {
        guard now < leaseEnd else {
            var effects = Effects()
            if renewal?.checkpoint != nil || queuedCheckpoint != nil { effects.checkpointSaved = false }
            queuedCheckpoint = nil
            return lose(effects)
        }
        guard var renewal else { return renew(at: now) }
        guard !renewal.inFlight else {
            wake = leaseEnd
            return Effects()
        }
        renewal.inFlight = true
        renewal.sent = now
        self.renewal = renewal
        wake = leaseEnd
        var effects = Effects()
        effects.write = .init(purpose: .renew, exchange: renewal.exchange)
        return effects
    }

    private mutating func lose(_ effects: Effects) -> Effects {
        var effects = effects
        isLeaseLost = true
        wake = nil
        effects.cancelsOperation = true
        return effects
    }
}

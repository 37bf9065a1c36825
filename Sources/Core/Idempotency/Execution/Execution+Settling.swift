extension Execution {
    /// Writes how the attempt ended.
    mutating func settle(_ settlement: Settlement, at now: Moment) -> Effects {
        phase = .settling(settlement)
        retries = 0
        var effects = sendSettlement(settlement, expecting: .running(owner), at: now)
        if queuedCheckpoint != nil || renewal?.checkpoint != nil { effects.checkpointSaved = false }
        queuedCheckpoint = nil
        renewal?.checkpoint = nil
        return effects
    }

    mutating func sendSettlement(
        _ settlement: Settlement, expecting: Expectation, at now: Moment
    ) -> Effects {
        // While the caller waits, its patience is the lease; after that the settlement has a bound of its own.
        patienceEnd = isAnswered ? max(patienceEnd, now) : max(leaseEnd, now)
        wake = nil
        var effects = Effects()
        effects.write = .init(
            purpose: .settle,
            exchange: Exchange(request.id, expecting: expecting, next: draft(of: settlement)))
        return effects
    }

    private func draft(of settlement: Settlement) -> Draft? {
        guard let record else { return nil }
        return switch settlement {
        case .complete(let outcome): Draft(record, state: .completed(outcome, retention: terms.retention))
        case .doubt(let doubt): Draft(record, state: .inDoubt(doubt))
        case .release where record.checkpoint.isEmpty || terms.interrupted == .hold: nil
        // The attempt did nothing, but the ones before it have reached a recovery point: the next caller goes on there.
        case .release, .lapse: Draft(record, state: .running(lease: .zero))
        }
    }

    mutating func settleReplied(_ reply: ExchangeReply, of settlement: Settlement, at now: Moment) -> Effects {
        goOnLate(after: settlementReplied(reply, of: settlement, at: now), at: now)
    }

    private mutating func settlementReplied(
        _ reply: ExchangeReply, of settlement: Settlement, at now: Moment
    ) -> Effects {
        if case .stored = reply { return settled(settlement) }
        guard let current = reply.record else {
            // Vacant: released before (perhaps by this very write), or taken over and settled since.
            return settlement == .release ? settled(settlement) : finish(.superseded)
        }
        guard current.owner == owner else { return superseded(by: current) }
        switch current.state {
        case .running:
            // Cannot happen, as the write expects just that; asking again is harmless.
            return sendSettlement(settlement, expecting: .running(owner), at: now)
        case .completed(let outcome, _, _):
            // This write, applied earlier; or an operator's resolution, which then is the truth.
            return settlement == .complete(outcome) ? settled(settlement) : finish(.replayed(outcome))
        case .inDoubt(let doubt, _):
            // Its own doubt: nobody else has run, so that this attempt may settle it.
            switch settlement {
            case .complete, .release: return sendSettlement(settlement, expecting: .inDoubt(owner), at: now)
            case .doubt, .lapse: return finish(.inDoubt(doubt))
            }
        }
    }

    private mutating func settled(_ settlement: Settlement) -> Effects {
        switch settlement {
        case .complete(let outcome):
            // A reconciled outcome is told as what it is: somebody else's work.
            return finish(isReconciling ? .replayed(outcome) : .performed(outcome, record?.fence ?? Fence(0)))
        case .release: return finish(.released)
        case .doubt(let doubt): return finish(.inDoubt(doubt))
        case .lapse: return finish(.inDoubt(.reconcileUnknown))
        }
    }

    /// Another attempt took over: what it recorded counts, what this one did does not.
    private mutating func superseded(by current: Record) -> Effects {
        guard request.matches(current.fingerprint) else { return finish(.superseded) }
        return switch current.state {
        case .completed(let outcome, _, _): finish(.replayed(outcome))
        case .inDoubt(let doubt, _): finish(.inDoubt(doubt))
        case .running: finish(.superseded)
        }
    }

    mutating func settleFailed(_ error: StoreError, of settlement: Settlement, at now: Moment) -> Effects {
        if error.isTransient, let late = lateSettlement.take() {
            // Nothing is under way now: what is known by now is written instead of the doubt.
            phase = .settling(late)
            isLate = isAnswered
        }
        return goOnLate(after: settlementFailed(error, of: settlement, at: now), at: now)
    }

    private mutating func settlementFailed(
        _ error: StoreError, of settlement: Settlement, at now: Moment
    ) -> Effects {
        if error.code == .tooLarge, case .complete(let outcome) = settlement, outcome.kind != .tombstone {
            return tombstone(instead: outcome, at: now)
        }
        retries += 1
        let next = now + Backoff.delay(retries, jitter: owner.low)
        if error.isTransient, next < patienceEnd {
            wake = next
            return Effects()
        }
        let answer: Answer = settlement == .release ? .released : .inDoubt(.unrecorded)
        guard error.isTransient, !isAnswered else { return finish(answer) }
        // The caller waits no longer, but the truth is still worth writing down.
        var effects = Effects()
        effects.answer = answer
        isAnswered = true
        patienceEnd = now + terms.settlePatience
        wake = next
        return effects
    }

    /// An answer that cannot be stored leaves a tombstone, so that a retry gets an error and not a second execution.
    private mutating func tombstone(instead outcome: Outcome, at now: Moment) -> Effects {
        oversized = outcome
        return settle(.complete(.tooLarge), at: now)
    }

    /// Ends the execution and tells the caller, if nobody has.
    mutating func finish(_ answer: Answer) -> Effects {
        var effects = Effects()
        if !isAnswered {
            if case .performed(let outcome, let fence) = answer, outcome.kind == .tombstone, let oversized {
                effects.answer = .performed(oversized, fence)
            } else {
                effects.answer = answer
            }
        }
        if isLate { effects.lateAnswer = answer }
        if case .inDoubt = answer { isDoubtOpen = hasOperated && !isLate } else { isDoubtOpen = false }
        isLate = false
        renewal = nil
        isAnswered = true
        phase = .done
        wake = nil
        return effects
    }
}

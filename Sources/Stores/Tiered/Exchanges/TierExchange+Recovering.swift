import Idempotency

/// What is done when something else lies in front than the exchange expects.
extension TierExchange {
    func refuse(_ seen: FrontRecord, _ now: Timestamp) -> TierWork {
        if isOwn, let known, seen.record.mayFollowLossOf(known) { return lookForTrace(of: known, seen, now) }
        if case .inDoubt = expecting, seen.raw == nil { return lookForDoubt(seen, now) }
        if isGrant, let record = seen.record, record.isRunning, record.owner == next?.owner, !seen.isLocked {
            // Let in by an earlier try of this exchange, whose end nobody has heard of.
            return admit(seen) { conflict(record, now) }
        }
        return conflict(seen.record, now)
    }

    /// Whether the exchange is one of the attempt that it expects, so that a loss can be made good.
    private var isOwn: Bool { next != nil && next?.owner == expecting.attempt }

    private func lookForTrace(of known: Record, _ seen: FrontRecord, _ now: Timestamp) -> TierWork {
        let question = Exchange(id.trace(of: known.owner), expecting: .vacant, next: nil)
        return .front(
            question,
            answered { reply in
                guard reply.record == nil else { return conflict(seen.record, now) }
                return with(.lostClaim).recover(known, seen, now)
            })
    }

    /// The store in front has lost the claim of an attempt that goes on, and its key is free or has been claimed anew.
    private func recover(_ known: Record, _ seen: FrontRecord, _ now: Timestamp) -> TierWork {
        guard let next else { return conflict(seen.record, now) }
        if seen.record != nil {
            guard next.isDurable else { return conflict(seen.record, now) }
            return with(.overruled).overrule(next.following(known, over: known), over: seen, expecting: .vacant)
        }
        guard !seen.isLocked else {
            return breakLock(seen, next) { restore(known, next, over: seen) }
        }
        return restore(known, next, over: seen)
    }

    private func restore(_ known: Record, _ next: Draft, over seen: FrontRecord) -> TierWork {
        guard next.isDurable else {
            // As it was, and then once more what the exchange wants.
            let draft = Draft(copying: known, at: known.created).inFront
            return front(seen.exactly, draft) { reply in
                switch reply {
                case .conflict(let other, let now): again { $0.refuse(FrontRecord(other), now) }
                case .stored(let record, _): admit(FrontRecord(record)) { again { $0.work } }
                }
            }
        }
        let draft = Draft(locking: known, for: next, mark: mark, number: number(after: seen.raw))
        return front(seen.exactly, draft) { reply in
            switch reply {
            case .conflict(let other, let now): return again { $0.refuse(FrontRecord(other), now) }
            case .stored(let lock, _):
                guard let lock else { return again { $0.settle(next) } }
                return write(next.following(lock, over: known), over: known, under: lock)
            }
        }
    }

    /// Keeps an outcome although another attempt, let in by the loss, is at it: the first end of all counts, and the
    /// other one will find it.
    private func overrule(_ final: Draft, over seen: FrontRecord, expecting: Expectation) -> TierWork {
        .base(Exchange(id, expecting: expecting, next: final)) { result in
            switch result {
            case .failure(let error): return failed(error)
            case .success(.stored(let record, let now)): return publish(final, kept: record, now, overruling: seen)
            case .success(.conflict(let other, let now)):
                switch BaseRecord(other) {
                case .vacant: return again { $0.overrule(final, over: seen, expecting: .vacant) }
                case .truth(let record): return adopt(record, now, over: seen)
                case .blank(let marker), .recoveryPoint(let marker):
                    return again {
                        $0.overrule(
                            final, over: seen, expecting: .unrenewed(marker.owner, renewals: marker.renewals))
                    }
                }
            }
        }
    }

    private func publish(_ final: Draft, kept: Record?, _ now: Timestamp, overruling seen: FrontRecord) -> TierWork {
        .front(Exchange(id, expecting: seen.exactly, next: final.inFront)) { result in
            switch result {
            case .success(.stored(let record, let now)): return stored(FrontRecord(record).record, now)
            case .success(.conflict(let other, _)):
                let seen = FrontRecord(other)
                guard turn < 10, seen.raw == nil || seen.raw?.isRunning == true else {
                    return with(.unpublished).stored(kept, now)
                }
                return again { $0.publish(final, kept: kept, now, overruling: seen) }
            case .failure: return with(.unpublished).stored(kept, now)
            }
        }
    }

    /// Somebody wants to settle a doubt that the store in front does not know: the one behind may.
    private func lookForDoubt(_ seen: FrontRecord, _ now: Timestamp) -> TierWork {
        lookBehind { record, baseNow in
            guard case .truth(let truth) = record else { return conflict(nil, now) }
            return front(seen.exactly, Draft(copying: truth, at: baseNow).inFront) { reply in
                let seen = FrontRecord(reply.record)
                guard expecting.holds(for: seen.record, at: reply.now) else {
                    return with(.copied).conflict(seen.record, reply.now)
                }
                return with(.copied).again { $0.work }
            }
        }
    }
}

extension Record? {
    /// Whether this in front may mean that the store in front has lost the claim of an attempt: nothing, or another
    /// attempt that found nothing. One that took over knows when the key was first claimed.
    fileprivate func mayFollowLossOf(_ known: Record) -> Bool {
        guard let self else { return true }
        return self.isRunning && self.owner != known.owner && self.created != known.created
    }
}

import Idempotency

/// Claims, renewals, takeovers and releases: a write in front, and for whoever is let in a look behind.
extension TierExchange {
    func move() -> TierWork {
        if case .inDoubt(let owner) = expecting {
            return lookInFront { seen, now in leaveDoubt(of: owner, seen, now) }
        }
        guard next == nil, expecting != .vacant else { return trace { writeInFront() } }
        if let known, expecting.holds(for: known, at: known.created) { return release(FrontRecord(known.asInFront)) }
        return lookInFront { seen, now in release(seeing: seen, now) }
    }

    private func release(seeing seen: FrontRecord, _ now: Timestamp) -> TierWork {
        guard expecting.holds(for: seen.record, at: now) else { return refuse(seen, now) }
        return trace { release(seen) }
    }

    /// Deletes exactly what was seen; its recovery point must not come back.
    private func release(_ seen: FrontRecord) -> TierWork {
        @Sendable func delete() -> TierWork {
            replace(seen) { seen, now in again { $0.release(seeing: seen, now) } }
        }
        guard let record = seen.record, seen.isLocked || !record.checkpoint.isEmpty else { return delete() }
        let sample = Draft(record, state: .running(lease: .zero))
        let expected: Expectation = record.checkpoint.isEmpty ? .vacant : .running(record.owner)
        return blank(expecting: expected, over: seen, sample) { delete() }
    }

    private func leaveDoubt(of owner: Owner, _ seen: FrontRecord, _ now: Timestamp) -> TierWork {
        guard expecting.holds(for: seen.record, at: now) else { return refuse(seen, now) }
        guard let sample = next ?? seen.record.map({ Draft($0, state: .running(lease: .zero)) }) else {
            return refuse(seen, now)
        }
        // What is behind goes first: where the store in front is lost in between, nothing but the doubt is.
        return trace(of: owner) {
            blank(expecting: .inDoubt(owner), over: seen, sample) {
                replace(seen) { seen, now in again { $0.leaveDoubt(of: owner, seen, now) } }
            }
        }
    }

    /// Writes in front what the exchange expects there.
    private func writeInFront() -> TierWork {
        .front(Exchange(id, expecting: expecting, next: next?.inFront)) { result in
            switch result {
            case .failure(let error): return failed(error)
            case .success(.stored(let record, let now)): return moved(record, now)
            case .success(.conflict(let other, let now)):
                let seen = FrontRecord(other)
                guard expecting.holds(for: seen.record, at: now) else { return refuse(seen, now) }
                guard seen.isLocked else { return again { $0.writeInFront() } }
                return breakLock(seen, next) { replace(seen) { _, _ in again { $0.writeInFront() } } }
            }
        }
    }

    /// Writes in the place of exactly what was seen.
    private func replace(
        _ seen: FrontRecord, orElse: @escaping @Sendable (FrontRecord, Timestamp) -> TierWork
    ) -> TierWork {
        .front(Exchange(id, expecting: seen.exactly, next: next?.inFront)) { result in
            switch result {
            case .failure(let error): failed(error)
            case .success(.stored(let record, let now)): moved(record, now)
            case .success(.conflict(let other, let now)): orElse(FrontRecord(other), now)
            }
        }
    }

    private func moved(_ raw: Record?, _ now: Timestamp) -> TierWork {
        let seen = FrontRecord(raw)
        guard let record = seen.record else { return stored(nil, now) }
        return isGrant ? admit(seen) { stored(record, now) } : stored(record, now)
    }

    /// Lets an attempt in that the store in front has let in, unless the one behind knows better.
    func admit(_ seen: FrontRecord, _ then: @escaping @Sendable () -> TierWork) -> TierWork {
        .base(Exchange(id, expecting: .vacant, next: nil)) { result in
            switch result {
            case .failure(let error): return turnAway(seen, error)
            case .success(let reply):
                switch BaseRecord(reply.record) {
                case .vacant, .blank: return then()
                case .truth(let record):
                    // Let in, overtaken and settled before anybody looked.
                    if let record = seen.record, isFollowed(record, by: reply.record) { return then() }
                    return adopt(record, reply.now, over: seen)
                case .recoveryPoint(let record):
                    // An attempt with a recovery point, which the store in front has forgotten.
                    if expecting == .vacant, record.owner != next?.owner { return adopt(record, reply.now, over: seen) }
                    guard let next, next.checkpoint.isEmpty else { return then() }
                    return blank(
                        expecting: .unrenewed(record.owner, renewals: record.renewals), over: seen, next, then)
                }
            }
        }
    }

    /// Takes a claim back that nobody could look behind for: nothing has run, and nobody is to wait for its lease.
    private func turnAway(_ seen: FrontRecord, _ error: StoreError) -> TierWork {
        guard expecting == .vacant else { return failed(error.uncertain) }
        return .front(Exchange(id, expecting: seen.exactly, next: nil)) { result in
            if case .success(.stored) = result { failed(error.unapplied) } else { failed(error.uncertain) }
        }
    }

    /// Whether what lies behind came after the attempt that was let in, and not before.
    ///
    /// Fences grow in the store in front also when it loses records. That alone would do; but an attempt that is taken
    /// for a predecessor runs nothing, and one that is taken for a successor does, so that everything else must agree.
    private func isFollowed(_ record: Record, by other: Record?) -> Bool {
        guard let other else { return false }
        if other.owner == record.owner, other.fence == record.fence { return true }
        guard other.fence > record.fence else { return false }
        if expecting == .vacant { return other.created >= record.created }
        return other.created > record.created || other.attempt > record.attempt
    }
}

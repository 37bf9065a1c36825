import Idempotency

/// Outcomes, doubts and recovery points: a lock in front, the write behind, the write in front that tells it.
extension TierExchange {
    func settle(_ next: Draft) -> TierWork {
        if let known, expecting.holds(for: known, at: known.created) {
            return lock(next, over: FrontRecord(known.asInFront))
        }
        return lookInFront { seen, now in settle(seeing: seen, now) }
    }

    private func settle(seeing seen: FrontRecord, _ now: Timestamp) -> TierWork {
        guard let next, expecting.holds(for: seen.record, at: now) else { return refuse(seen, now) }
        guard seen.isLocked else { return lock(next, over: seen) }
        return breakLock(seen, next) { lock(next, over: seen) }
    }

    /// Locks what was seen.
    func lock(_ next: Draft, over seen: FrontRecord) -> TierWork {
        let draft = Draft(locking: seen.record, for: next, mark: mark, number: turn << 16)
        return front(seen.exactly, draft) { reply in
            switch reply {
            case .conflict(let other, let now):
                return again { $0.settle(seeing: FrontRecord(other), now) }
            case .stored(let lock, _):
                guard let lock else { return again { $0.settle(next) } }
                return trace { write(next.following(lock, over: seen.record), over: seen.record, under: lock) }
            }
        }
    }

    /// Writes behind, expecting what must be there unless somebody has interfered.
    func write(_ final: Draft, over record: Record?, under lock: Record) -> TierWork {
        guard let record else { return write(final, expecting: .vacant, under: lock) }
        if case .inDoubt = record.state { return write(final, expecting: .inDoubt(record.owner), under: lock) }
        return write(final, expecting: record.checkpoint.isEmpty ? .vacant : record.asRecoveryPoint, under: lock)
    }

    /// - Parameter number: What tells a recovery point from earlier ones of the same attempt: one that takes the place
    ///   of a marker must not be what a write expects that the marker was to make fail.
    private func write(
        _ final: Draft, number: UInt32 = Draft.firstRecoveryPoint, expecting: Expectation, under lock: Record
    ) -> TierWork {
        .base(Exchange(id, expecting: expecting, next: final.behind(number: number))) { result in
            switch result {
            case .failure(let error): return failed(error)
            case .success(.stored(let record, let now)): return publish(final, kept: record, now, over: lock)
            case .success(.conflict(let other, let now)):
                switch BaseRecord(other) {
                case .vacant: return again { $0.write(final, expecting: .vacant, under: lock) }
                case .truth(let record): return adopt(record, now, over: FrontRecord(lock))
                case .blank(let marker), .recoveryPoint(let marker):
                    // Somebody may be about to take the lock away: it is renewed first, so that they cannot.
                    return renew(lock) { lock in
                        write(
                            final, number: self.number(after: marker),
                            expecting: .unrenewed(marker.owner, renewals: marker.renewals), under: lock)
                    } orElse: { seen, now in
                        again { $0.settle(seeing: seen, now) }
                    }
                }
            }
        }
    }

    private func renew(
        _ lock: Record, _ then: @escaping @Sendable (Record) -> TierWork,
        orElse: @escaping @Sendable (FrontRecord, Timestamp) -> TierWork
    ) -> TierWork {
        front(FrontRecord(lock).exactly, Draft(lock, state: .running(lease: .zero))) { reply in
            switch reply {
            case .stored(let lock?, _): then(lock)
            case .stored(nil, let now): orElse(FrontRecord(nil), now)
            case .conflict(let other, let now): orElse(FrontRecord(other), now)
            }
        }
    }

    /// Tells in front what is kept behind. Nothing that goes wrong here changes that it is kept.
    private func publish(_ final: Draft, kept: Record?, _ now: Timestamp, over lock: Record) -> TierWork {
        var told = final
        told.created = next?.created
        let question = Exchange(id, expecting: FrontRecord(lock).exactly, next: told.inFront)
        return .front(question) { result in
            switch result {
            case .success(.stored(let record, let now)): return stored(FrontRecord(record).record, now)
            case .success(.conflict(let other, let otherNow)):
                let seen = FrontRecord(other)
                // A recovery point that was not told in time counts for nothing.
                guard final.isDurable else { return again { $0.settle(seeing: seen, otherNow) } }
                // Somebody else was so kind.
                if let other = seen.record, !seen.isLocked, final.isTold(by: other) {
                    return stored(other, other.settled ?? otherNow)
                }
                // It was told, and settled since; or the store in front has lost the lock. The next try finds out.
                return failed(Self.untold)
            case .failure(let error):
                guard final.isDurable else { return failed(error.uncertain) }
                return with(.unpublished).stored(kept, now)
            }
        }
    }

    private static let untold = StoreError(
        .unavailable, "The write was made, but the store in front has changed before it could be told there.",
        effect: .unknown)
}

extension Draft {
    /// The draft as it is written in both stores: under the fence that the key has, or one higher for a new attempt.
    func following(_ lock: Record, over record: Record?) -> Draft {
        var draft = self
        draft.fence = fence ?? record?.fence.next ?? lock.fence
        return draft
    }
}

extension Draft {
    /// Whether a record is what this draft became.
    fileprivate func isTold(by record: Record) -> Bool {
        guard record.owner == owner, record.fence == fence else { return false }
        return switch (state, record.state) {
        case (.completed(let outcome, _), .completed(let told, _, _)): outcome == told
        case (.inDoubt(let doubt), .inDoubt(let told, _)): doubt == told
        case (.running, _), (.completed, _), (.inDoubt, _): false
        }
    }

    /// The number of recovery points behind in whose way nobody was.
    fileprivate static let firstRecoveryPoint: UInt32 = 0

    /// The draft as it is written behind: there, what is running is a marker.
    fileprivate func behind(number: UInt32) -> Draft {
        guard !isDurable else { return self }
        var marker = self
        marker.attempt = checkpoint.isEmpty ? 0 : max(attempt, 1)
        marker.renewals = number
        return marker
    }
}

extension Record {
    /// What lies behind for a running record with a recovery point, unless somebody was in its way.
    fileprivate var asRecoveryPoint: Expectation { .unrenewed(owner, renewals: Draft.firstRecoveryPoint) }

    /// When the record was settled.
    var settled: Timestamp? {
        switch state {
        case .running: nil
        case .completed(_, let at, _): at
        case .inDoubt(_, let since): since
        }
    }

    /// The record as it lies in front.
    var asInFront: Record {
        checkpoint.isEmpty ? self : with(checkpoint: FrontRecord.plain(checkpoint))
    }
}

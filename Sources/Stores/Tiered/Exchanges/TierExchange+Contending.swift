import Idempotency

/// What is done about others: a lock of theirs in the way, an attempt of theirs that ends.
extension TierExchange {
    /// Makes the write fail that a lock announces, or tells it if it was faster. The lock itself stays: whoever expects
    /// it exactly may replace it then.
    func breakLock(_ seen: FrontRecord, _ next: Draft?, _ then: @escaping @Sendable () -> TierWork) -> TierWork {
        if let record = seen.record, case .inDoubt = record.state {
            // The doubt must not be forgotten on the way: the marker holds the attempt.
            var marker = Draft(remarking: record, mark: mark, number: number(after: nil))
            marker.attempt = max(marker.attempt, 1)
            return put(marker, expecting: .inDoubt(record.owner), over: seen, then)
        }
        guard let sample = next ?? seen.raw.map({ Draft($0, state: .running(lease: .zero)) }) else { return then() }
        let marker = Draft(blankFor: sample, mark: mark, number: number(after: nil))
        return put(marker, expecting: .vacant, over: seen, then)
    }

    private func put(
        _ marker: Draft, expecting: Expectation, over seen: FrontRecord, _ then: @escaping @Sendable () -> TierWork
    ) -> TierWork {
        base(expecting, marker) { reply in
            guard case .conflict(let other, let now) = reply else { return then() }
            switch BaseRecord(other) {
            case .vacant: return again { $0.put(marker, expecting: .vacant, over: seen, then) }
            case .truth(let record): return adopt(record, now, over: seen)
            case .blank where expecting.isOfMarker:
                // Another marker than the one seen a moment ago is as good as one's own: what the lock announces
                // expects one that was there before the lock.
                return then()
            case .blank(let old), .recoveryPoint(let old):
                var marker = Draft(remarking: old, mark: mark, number: number(after: old))
                // No recovery point stays where the record in front has none: it would outlive the attempt.
                if next?.checkpoint.isEmpty ?? true { marker.attempt = 0 }
                return again { [marker] in
                    $0.put(marker, expecting: .unrenewed(old.owner, renewals: old.renewals), over: seen, then)
                }
            }
        }
    }

    /// Puts a marker without meaning in the place of a doubt or a recovery point that ends here.
    func blank(
        expecting: Expectation, over seen: FrontRecord, _ sample: Draft, _ then: @escaping @Sendable () -> TierWork
    ) -> TierWork {
        blank(Draft(blankFor: sample, mark: mark, number: number(after: nil)), expecting, seen, then)
    }

    private func blank(
        _ marker: Draft, _ expecting: Expectation, _ seen: FrontRecord, _ then: @escaping @Sendable () -> TierWork
    ) -> TierWork {
        base(expecting, marker) { reply in
            guard case .conflict(let other, let now) = reply else { return then() }
            switch BaseRecord(other) {
            case .vacant: return again { $0.blank(marker, .vacant, seen, then) }
            case .truth(let record): return adopt(record, now, over: seen)
            case .blank where expecting.isOfMarker: return then()
            case .blank(let old), .recoveryPoint(let old):
                var marker = marker
                marker.renewals = number(after: old)
                return again { [marker] in
                    $0.blank(marker, .unrenewed(old.owner, renewals: old.renewals), seen, then)
                }
            }
        }
    }

    /// Leaves a trace of an attempt that ends here and runs elsewhere: its own process must not take what it does not
    /// find any more for lost.
    func trace(_ then: @escaping @Sendable () -> TierWork) -> TierWork {
        guard endsForeignAttempt, let owner = expecting.attempt else { return then() }
        return trace(of: owner, then)
    }

    func trace(of owner: Owner, _ then: @escaping @Sendable () -> TierWork) -> TierWork {
        let draft = Draft(tracing: owner, for: traceTime)
        return .front(Exchange(id.trace(of: owner), expecting: .vacant, next: draft), answered { _ in then() })
    }
}

extension Expectation {
    /// Whether a marker is expected that was seen before.
    fileprivate var isOfMarker: Bool {
        if case .unrenewed = self { true } else { false }
    }
}

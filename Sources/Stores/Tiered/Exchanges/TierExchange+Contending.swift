import Idempotency

/// What is done about others: a lock of theirs in the way, an attempt of theirs that ends.
extension TierExchange {
    /// What a marker becomes that goes in the place of another one.
    private typealias Remark = @Sendable (TierExchange, Record) -> Draft

    /// Makes the write fail that a lock announces, or tells it if it was faster. The lock itself stays: whoever expects
    /// it exactly may replace it then.
    func breakLock(_ seen: FrontRecord, _ next: Draft?, _ then: @escaping @Sendable () -> TierWork) -> TierWork {
        let remark: Remark = { exchange, old in
            var marker = Draft(remarking: old, mark: exchange.mark, number: exchange.number(after: old))
            // No recovery point stays where the record in front has none: it would outlive the attempt.
            if exchange.next?.checkpoint.isEmpty ?? true { marker.attempt = 0 }
            return marker
        }
        if let record = seen.record, case .inDoubt = record.state {
            // The doubt must not be forgotten on the way: the marker holds the attempt.
            var marker = Draft(remarking: record, mark: mark, number: number(after: nil))
            marker.attempt = max(marker.attempt, 1)
            return put(marker, expecting: .inDoubt(record.owner), over: seen, remark, then)
        }
        guard let sample = next ?? seen.raw.map({ Draft($0, state: .running(lease: .zero)) }) else { return then() }
        let marker = Draft(blankFor: sample, mark: mark, number: number(after: nil))
        return put(marker, expecting: .vacant, over: seen, remark, then)
    }

    /// Puts a marker without meaning in the place of a doubt or a recovery point that ends here.
    func blank(
        expecting: Expectation, over seen: FrontRecord, _ sample: Draft, _ then: @escaping @Sendable () -> TierWork
    ) -> TierWork {
        let marker = Draft(blankFor: sample, mark: mark, number: number(after: nil))
        let remark: Remark = { exchange, old in
            Draft(blankFor: sample, mark: exchange.mark, number: exchange.number(after: old))
        }
        return put(marker, expecting: expecting, over: seen, remark, then)
    }

    private func put(
        _ marker: Draft, expecting: Expectation, over seen: FrontRecord, _ remark: @escaping Remark,
        _ then: @escaping @Sendable () -> TierWork
    ) -> TierWork {
        base(expecting, marker) { reply in
            guard case .conflict(let other, let now) = reply else { return then() }
            switch BaseRecord(other) {
            case .vacant: return again { $0.put(marker, expecting: .vacant, over: seen, remark, then) }
            case .truth(let record): return adopt(record, now, over: seen)
            case .blank where expecting.isOfMarker:
                // Another marker than the one seen a moment ago is as good as one's own: what the lock announces
                // expects one that was there before the lock.
                return then()
            case .blank(let old), .recoveryPoint(let old):
                let marker = remark(self, old)
                return again {
                    $0.put(
                        marker, expecting: .unrenewed(old.owner, renewals: old.renewals), over: seen, remark, then)
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
        let draft = Draft(tracing: owner)
        return .front(Exchange(id.trace(of: owner), expecting: .vacant, next: draft), answered { _ in then() })
    }
}

extension Expectation {
    /// Whether a marker is expected that was seen before.
    fileprivate var isOfMarker: Bool {
        if case .unrenewed = self { true } else { false }
    }
}

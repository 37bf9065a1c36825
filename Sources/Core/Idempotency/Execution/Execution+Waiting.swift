extension Execution {
    /// Another attempt runs: wait for it if the caller may, else refuse with a hint.
    mutating func wait(remaining: Duration, at now: Moment) -> Effects {
        guard let waitEnd, now < waitEnd else {
            return finish(.inProgress(retryAfter: min(max(remaining, .seconds(1)), .seconds(5))))
        }
        phase = .waiting
        awaitedDoubt = nil
        // The store is asked again now and then, later and later; a nudge from the same process comes sooner.
        wake = min(now + Backoff.delay(min(retries + 2, 6), jitter: owner.low), waitEnd)
        retries += 1
        patienceEnd = max(patienceEnd, now + terms.patience)
        return Effects()
    }

    /// The attempt that this one waits for has ended in the same process.
    ///
    /// - Parameters:
    ///   - answer: What its caller was told, so that a stored outcome needs no look at the store.
    ///   - fingerprint: What its caller asked. The key may have gone to another request since this one began to wait;
    ///     of that one's answer nothing is told here, the store is asked instead.
    package mutating func nudge(_ answer: Answer, of fingerprint: Fingerprint, at now: Moment) -> Effects {
        guard case .waiting = phase else { return Effects() }
        guard request.matches(fingerprint) else { return claim(at: now) }
        return switch answer {
        case .performed(let outcome, _), .replayed(let outcome): finish(.replayed(outcome))
        // A doubt is only what was known when it was told: it may be settled, or be asked about again, by now.
        case .inDoubt, .released, .mismatch, .inProgress, .superseded, .overQuota, .unavailable: claim(at: now)
        }
    }

    /// The attempt under this key has ended in doubt in the same process, and its operation is still expected to end
    /// (`true`), or not any more (`false`). As long as it is, and the wait goes on, a doubt is waited on, not told.
    package mutating func expectLateEnd(_ isExpected: Bool) {
        expectsLateEnd = isExpected
    }

    /// The store says that the attempt before has ended in doubt.
    mutating func meet(_ doubt: Doubt, at now: Moment) -> Effects {
        guard expectsLateEnd, let waitEnd, now < waitEnd else { return finish(.inDoubt(doubt)) }
        let effects = wait(remaining: .zero, at: now)
        awaitedDoubt = doubt
        return effects
    }

    /// The time to wait is over.
    mutating func endWait() -> Effects {
        finish(awaitedDoubt.map { .inDoubt($0) } ?? .inProgress(retryAfter: .seconds(1)))
    }

    /// The record waited for may have changed: the next tick asks the store.
    package mutating func hurry(at now: Moment) {
        if case .waiting = phase { wake = now }
    }

    /// The caller leaves before anything was claimed. Only between two writes: not while one is on its way.
    package mutating func abandon(at now: Moment) -> Effects {
        switch phase {
        case .idle, .waiting: return finish(.inProgress(retryAfter: .seconds(1)))
        case .claiming(let exchange):
            return giveUp(StoreError.abandoned, exchange: exchange, at: now)
        case .operating, .settling, .done: return Effects()
        }
    }
}

extension StoreError {
    fileprivate static let abandoned = StoreError(
        .unavailable, "The caller left before the store answered.", effect: .unknown)
}

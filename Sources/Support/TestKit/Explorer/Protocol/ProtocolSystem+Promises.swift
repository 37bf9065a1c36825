import Idempotency

extension ProtocolSystem {
    /// The store does an exchange, and every promise about what may change is checked.
    ///
    /// - Parameters:
    ///   - index: The attempt that sent it, or `nil` for an operator.
    ///   - isStray: Nobody waits for the answer any more.
    func exchange(
        _ exchange: Exchange, by index: Int?, isStray: Bool = false, _ world: inout ProtocolWorld
    ) -> (reply: ExchangeReply, broken: String?) {
        let expired = world.register.record.map { $0.isExpired(at: world.time) } ?? false
        let before = world.register.current(at: world.time)
        var reply = register.exchange(&world.register, exchange, world.time, &world.lastFence)
        reply = forgetful(reply)
        if case .stored(let record, _) = reply { world.register = Register(record) }
        guard case .stored(let after, _) = reply else { return (reply, nil) }
        if let broken = brokenChange(from: before, to: after, exchange, index, world) { return (reply, broken) }

        if let after {
            world.ledger.highestFence = max(world.ledger.highestFence, after.fence)
            if case .completed(let outcome, _, _) = after.state {
                world.ledger.outcomes.append(.init(outcome: outcome, fingerprint: after.fingerprint))
            }
        }
        if before == nil { world.ledger.becomeVacant(afterExpiry: expired) }
        if after == nil {
            world.ledger.holder = nil
            world.ledger.isStray = false
        } else if exchange.next?.fence == nil, let index {
            world.ledger.holder = index
            world.ledger.isStray = isStray
        }
        return (reply, nil)
    }

    /// The reply without the times that nobody decides by, so that they make no states: when a key was first claimed,
    /// since when it is in doubt, and when an outcome was stored that no history outlives.
    private func forgetful(_ reply: ExchangeReply) -> ExchangeReply {
        guard var record = reply.record else { return reply }
        record.created = ProtocolWorld.start
        switch record.state {
        case .inDoubt(let doubt, _): record.state = .inDoubt(doubt, since: ProtocolWorld.start)
        case .completed(let outcome, _, _) where scenario.retention == ProtocolScenario.longRetention:
            let expires = ProtocolWorld.start + scenario.terms.retention
            record.state = .completed(outcome, at: ProtocolWorld.start, expires: expires)
        case .completed, .running: break
        }
        return switch reply {
        case .stored(_, let now): .stored(record, now: now)
        case .conflict(_, let now): .conflict(record, now: now)
        }
    }

    /// P1, P3 and the fences: what a write may change.
    private func brokenChange(
        from before: Record?, to after: Record?, _ exchange: Exchange, _ index: Int?, _ world: ProtocolWorld
    ) -> String? {
        if let after, exchange.next?.fence == nil, after.fence <= world.ledger.highestFence {
            return "Fences: \(after.fence) follows \(world.ledger.highestFence)."
        }
        guard let before else {
            return after != nil && exchange.next?.fence != nil
                ? "P3: attempt \((index ?? -1) + 1) brings back what an operator has made free, without a claim." : nil
        }
        if case .completed = before.state, after != before {
            return "P1: an outcome is changed within its retention."
        }
        guard let index, let holder = world.ledger.holder, holder != index, after != before else { return nil }
        guard case .running(let leaseEnd) = before.state else {
            return "P3: attempt \(index + 1) changes what attempt \(holder + 1) left in doubt."
        }
        guard leaseEnd <= world.time || scenario.budget.jumps > 0 || isAbandoned(holder, world) else {
            return "P2: attempt \(index + 1) changes the record while the lease of attempt \(holder + 1) holds."
        }
        switch after?.state {
        case .running where exchange.next?.fence == nil, .inDoubt(.leaseLapsed, _): return nil
        default: return "P3: attempt \(index + 1) is late and changes what attempt \(holder + 1) has taken over."
        }
    }

    /// Whether there is no attempt behind a lease: its process is gone, or a late copy of its claim has brought the
    /// lease back after it had ended. Nobody is hurt when such a lease is cut short.
    private func isAbandoned(_ holder: Int, _ world: ProtocolWorld) -> Bool {
        guard let execution = world.attempts[holder].execution else { return true }
        let hasEnded = execution.isAnswered || (world.attempts[holder].hasOperated && !execution.isOperating)
        return world.ledger.isStray && hasEnded
    }

    /// Whether an attempt believes, by its own watchdog, that it runs alone.
    func believes(_ index: Int, _ world: ProtocolWorld) -> Bool {
        let attempt = world.attempts[index]
        guard let execution = attempt.execution, execution.isOperating, !execution.isLeaseLost else { return false }
        let end = decision.countsFromTheAnswer ? attempt.answered + execution.terms.lease : execution.leaseEnd
        return world.moment < end
    }

    /// P2, as the attempts see it. A clock of the store that jumps ends a lease before its holder can know: then only
    /// the writes are safe, which `brokenChange` sees to.
    func brokenBelief(_ world: ProtocolWorld) -> String? {
        guard scenario.budget.jumps == 0 else { return nil }
        for index in world.attempts.indices where believes(index, world) {
            guard let record = world.register.current(at: world.time), record.hasLiveLease(at: world.time),
                world.ledger.holder == index
            else { return "P2: attempt \(index + 1) believes that it holds the lease, and the store knows better." }
        }
        return nil
    }

    /// P4: the answer to a claim that met another request is a mismatch and nothing else.
    func brokenMismatch(_ index: Int, told reply: ExchangeReply, newly: Bool, _ world: ProtocolWorld) -> String? {
        guard newly, let record = reply.record, record.fingerprint != request(index).fingerprint else { return nil }
        return world.attempts[index].answer == .mismatch
            ? nil : "P4: attempt \(index + 1) met another request and was not told so."
    }

    /// What a caller may be told.
    func brokenAnswer(_ answer: Answer, _ index: Int, _ world: ProtocolWorld) -> String? {
        let attempt = world.attempts[index]
        switch answer {
        case .performed(let outcome, _), .replayed(let outcome):
            let entry = Ledger.Entry(outcome: outcome, fingerprint: request(index).fingerprint)
            guard world.ledger.outcomes.contains(entry) else {
                return world.ledger.outcomes.contains { $0.outcome == outcome }
                    ? "P4: attempt \(index + 1) is told the outcome of another request."
                    : "P1: attempt \(index + 1) is told an outcome that was never stored."
            }
            return nil
        case .released:
            return attempt.effects > 0 && scenario.rule != .rerun
                ? "Attempt \(index + 1) is told that nothing happened, and it did." : nil
        case .mismatch, .inProgress, .overQuota, .unavailable:
            return attempt.hasOperated
                ? "Attempt \(index + 1) is told \(answer.name), and its operation was started." : nil
        case .inDoubt, .superseded: return nil
        }
    }

    /// Nothing waits for ever: an execution that is not done has something ahead of it.
    func stuck(_ world: ProtocolWorld) -> String? {
        for (index, attempt) in world.attempts.enumerated() {
            guard let execution = attempt.execution, !attempt.hasSomethingAhead else { continue }
            if execution.isDone, attempt.answer != nil { continue }
            return "Attempt \(index + 1) waits for nothing and will never end."
        }
        return nil
    }
}

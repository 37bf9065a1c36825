import Idempotency

extension ProtocolSystem {
    /// Gives the engine of an attempt an event and does what it wants done.
    func drive(
        _ index: Int, _ world: inout ProtocolWorld, _ event: (inout Execution, Moment) -> Effects
    ) -> String? {
        var execution = world.attempts[index].execution ?? execution(index)
        let effects = event(&execution, world.moment)
        world.attempts[index].execution = execution
        if let write = effects.write {
            let lane: ProtocolAction.Lane = write.purpose == .renew ? .renewal : .write
            guard world.attempts[index][lane] == nil else { return "Attempt \(index + 1) sends two writes at a time." }
            world.attempts[index][lane] = .init(purpose: write.purpose, exchange: write.exchange)
        }
        if let broken = start(effects.start, index, &world) { return broken }
        if let late = effects.lateAnswer {
            if !scenario.processes.isEmpty { nudge(late, from: index, &world) }
            if let broken = brokenAnswer(late, index, world) { return broken }
        }
        guard let answer = effects.answer else { return nil }
        return tell(answer, index, &world)
    }

    private func start(_ start: Effects.Start?, _ index: Int, _ world: inout ProtocolWorld) -> String? {
        let record: Record
        switch start {
        case nil: return nil
        case .operation(let claimed):
            world.attempts[index].work = .operation(hasEffect: false)
            world.attempts[index].hasOperated = true
            record = claimed
        case .reconciliation(let claimed):
            world.attempts[index].work = .reconciliation
            world.ledger.downstreamFence = max(world.ledger.downstreamFence, claimed.fence)
            record = claimed
        }
        guard record.fingerprint == request(index).fingerprint else {
            return "P4: attempt \(index + 1) starts under the record of another request."
        }
        // The question may go on after the operation of the same attempt although the lease is over: it only asks.
        if case .operation = start, scenario.budget.jumps == 0, !believes(index, world) {
            return "P2: attempt \(index + 1) starts under a lease that is over."
        }
        return nil
    }

    /// The operation or the question does something.
    func work(_ action: ProtocolAction, _ world: inout ProtocolWorld) -> String? {
        switch action {
        case .takeEffect(let index): return takeEffect(index, &world)
        case .end(let index, let end):
            let isIdle = end == .retryable || end == .silent
            if scenario.countsEffectsAtTheEnd, !isIdle, let broken = takeEffect(index, &world) { return broken }
            if scenario.endsLate, end == .interrupted || end == .silent {
                world.attempts[index].late = world.attempts[index].work == .operation(hasEffect: true)
            }
            world.attempts[index].work = .nothing
            return drive(index, &world) { $0.operationEnded(decision.end(real(end, of: index)), at: $1) }
        case .endLate(let index, let end): return endLate(index, end, &world)
        case .reconcile(let index, let finding):
            world.attempts[index].work = .nothing
            return drive(index, &world) { $0.reconciled(finding, at: $1) }
        case .save(let index):
            world.budget.checkpoints -= 1
            return drive(index, &world) { $0.save(checkpoint: [7], at: $1) }
        default: return nil
        }
    }

    private func real(_ end: ProtocolScenario.End, of index: Int) -> Execution.End {
        switch end {
        case .completed: .completed(outcome(index))
        case .retryable: .retryable
        case .unknown: .unknown
        case .interrupted, .silent: .interrupted
        }
    }

    /// An operation that was given up ends after all, or will be waited for no longer.
    private func endLate(_ index: Int, _ end: ProtocolScenario.End?, _ world: inout ProtocolWorld) -> String? {
        if end == .completed, world.attempts[index].late == false, let broken = takeEffect(index, &world) {
            return broken
        }
        world.attempts[index].late = nil
        if let end { return drive(index, &world) { $0.operationEndedLate(real(end, of: index), at: $1) } }
        if let answer = world.attempts[index].answer { nudge(answer, from: index, &world) }
        return nil
    }

    /// The operation of an attempt takes effect, unless the system behind refuses it.
    func takeEffect(_ index: Int, _ world: inout ProtocolWorld) -> String? {
        if scenario.hasFencedDownstream {
            let fence = world.attempts[index].execution?.fence ?? Fence(0)
            // Refused by the system behind: nothing happened, and the operation knows that.
            guard fence >= world.ledger.downstreamFence else { return nil }
            world.ledger.downstreamFence = fence
        }
        if world.attempts[index].late == nil {
            world.attempts[index].work = .operation(hasEffect: true)
        } else {
            world.attempts[index].late = true
        }
        world.attempts[index].effects += 1
        world.ledger.lastEffect = index
        guard scenario.limitsEffects else { return nil }
        world.ledger.allowance -= 1
        return world.ledger.allowance < 0 ? "The effect happened twice." : nil
    }

    /// The caller of an attempt is told.
    private func tell(_ answer: Answer, _ index: Int, _ world: inout ProtocolWorld) -> String? {
        guard world.attempts[index].answer == nil else { return "Attempt \(index + 1) answers its caller twice." }
        world.attempts[index].answer = answer
        if !scenario.processes.isEmpty, world.attempts[index].hasOperated { nudge(answer, from: index, &world) }
        return brokenAnswer(answer, index, world)
    }

    /// Those of the same process that wait hear what the caller of an attempt was told.
    private func nudge(_ answer: Answer, from index: Int, _ world: inout ProtocolWorld) {
        for other in world.attempts.indices where scenario.processes[other] == scenario.processes[index] {
            guard world.attempts[other].execution?.isWaiting == true else { continue }
            world.attempts[other].nudge = .init(
                answer: answer, request: request(index), expectsLateEnd: world.attempts[index].late != nil)
        }
    }
}

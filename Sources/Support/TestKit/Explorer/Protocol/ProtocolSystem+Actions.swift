import Idempotency

extension ProtocolSystem {
    /// All that may happen next.
    ///
    /// Not every order of independent steps is tried. What an attempt does by itself (begin, wake up, end its
    /// operation, read an answer) touches nothing that others see; only the writes that follow do, and the passing of
    /// time. So such a step keeps the *focus*: next comes what becomes of its write, or time goes by. Any other order
    /// of the same steps leads to the same states. An answer that is read in a later slice of time is marked as slow
    /// when it is given.
    package func actions(in world: ProtocolWorld) -> [ProtocolAction] {
        var actions: [ProtocolAction] = []
        if let focus = world.focus {
            steps(of: focus, world, &actions)
            time(world, &actions)
            return actions
        }
        for index in world.attempts.indices {
            if world.attempts[index].hasBegun {
                steps(of: index, world, &actions)
            } else if isNextToBegin(index, world) {
                actions.append(.begin(index))
            }
        }
        for index in world.strays.indices { actions.append(.applyStray(index)) }
        time(world, &actions)
        if world.register.record?.isExpired(at: world.time) == true { actions.append(.sweep) }
        if world.budget.interventions > 0, case .inDoubt? = world.register.record?.state {
            actions += [.operatorReleases, .operatorResolves]
        }
        return actions
    }

    /// What an attempt that has begun may do, and what may become of its writes.
    private func steps(of index: Int, _ world: ProtocolWorld, _ actions: inout [ProtocolAction]) {
        let attempt = world.attempts[index]
        guard let execution = attempt.execution else { return }
        flights(of: index, world, &actions)
        if let wake = execution.wake, wake <= world.moment { actions.append(.wake(index)) }
        if attempt.nudge != nil { actions.append(.nudge(index)) }
        work(of: attempt, index, world, &actions)
        if let hasEffect = attempt.late { late(index, hasEffect: hasEffect, &actions) }
        if world.budget.crashes > 0 { actions.append(.crash(index)) }
    }

    /// Those who ask the same in the same process are alike: the first of them begins first.
    private func isNextToBegin(_ index: Int, _ world: ProtocolWorld) -> Bool {
        !world.attempts.indices.contains { earlier in
            earlier < index && !world.attempts[earlier].hasBegun
                && scenario.requests[earlier] == scenario.requests[index]
                && (scenario.processes.isEmpty || scenario.processes[earlier] == scenario.processes[index])
        }
    }

    /// What may happen to the writes of an attempt on their way there and back.
    private func flights(of index: Int, _ world: ProtocolWorld, _ actions: inout [ProtocolAction]) {
        for lane in [ProtocolAction.Lane.write, .renewal] {
            guard let flight = world.attempts[index][lane], !flight.isSlow else { continue }
            if flight.reply == nil {
                actions.append(.apply(index, lane))
                if world.budget.refusals > 0 { actions.append(.refuse(index, lane)) }
                if world.budget.duplicates > 0 { actions.append(.duplicate(index, lane)) }
            } else {
                actions.append(.receive(index, lane))
                if world.focus == index { actions.append(.delay(index, lane)) }
            }
            if world.budget.timeOuts > 0 { actions.append(.timeOut(index, lane)) }
        }
    }

    /// What a running operation, or the question about one, may do.
    private func work(
        of attempt: Participant, _ index: Int, _ world: ProtocolWorld, _ actions: inout [ProtocolAction]
    ) {
        switch attempt.work {
        case .nothing: return
        case .operation(let hasEffect):
            if !hasEffect, !scenario.countsEffectsAtTheEnd { actions.append(.takeEffect(index)) }
            for end in scenario.ends {
                switch end {
                case .completed where hasEffect || scenario.countsEffectsAtTheEnd, .retryable where !hasEffect,
                    .silent where !hasEffect, .unknown, .interrupted:
                    actions.append(.end(index, end))
                case .completed, .retryable, .silent: continue
                }
            }
            if world.budget.checkpoints > 0 { actions.append(.save(index)) }
        case .reconciliation:
            // It tells the truth, or says that it cannot tell.
            // "Nothing" is not final while an operation of its own may still end.
            let nothing: Execution.Finding = attempt.late == nil ? .didNothing : .nothingYet
            let truth = world.ledger.lastEffect.map { .tookEffect(outcome($0)) } ?? nothing
            actions += [truth, .unknown, .unanswered].map { .reconcile(index, $0) }
        }
    }

    /// What an operation that was given up may still do.
    private func late(_ index: Int, hasEffect: Bool, _ actions: inout [ProtocolAction]) {
        if !hasEffect, !scenario.countsEffectsAtTheEnd { actions.append(.takeEffect(index)) }
        if hasEffect || scenario.countsEffectsAtTheEnd { actions.append(.endLate(index, .completed)) }
        if !hasEffect { actions.append(.endLate(index, .retryable)) }
        // Those who wait for it are told that it is in vain; to nobody else it makes a difference.
        if !scenario.processes.isEmpty { actions.append(.endLate(index, nil)) }
    }

    /// Time and the clock of the store.
    private func time(_ world: ProtocolWorld, _ actions: inout [ProtocolAction]) {
        // Before anything has begun it makes no difference what the clocks show.
        guard world.attempts.contains(where: \.hasBegun) else { return }
        if world.budget.time > 0 { actions.append(.pass) }
        if world.budget.jumps > 0 { actions += [.jump(.forward), .jump(.back)] }
    }
}

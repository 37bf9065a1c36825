import Idempotency

extension ProtocolSystem {
    package func apply(_ action: ProtocolAction, to world: inout ProtocolWorld) -> String? {
        let focus = world.focus
        world.focus = nil
        if let broken = happen(action, &world) ?? brokenBelief(world) ?? stuck(world) { return broken }
        refocus(after: action, focus, &world)
        tidy(&world)
        return nil
    }

    /// Decides whose turn it is: an attempt keeps it while a write that it has just made, or its answer, is open.
    private func refocus(after action: ProtocolAction, _ before: Int?, _ world: inout ProtocolWorld) {
        let index: Int
        switch action {
        case .begin(let attempt), .wake(let attempt), .end(let attempt, _), .save(let attempt), .nudge(let attempt),
            .reconcile(let attempt, _), .endLate(let attempt, _):
            index = attempt
        // Whoever waits must see the end of another one of its process at any time, not only at once.
        case .apply(let attempt, _) where scenario.processes.isEmpty: index = attempt
        case .duplicate(let attempt, _) where before != nil: index = attempt
        default: return
        }
        let attempt = world.attempts[index]
        if [attempt.write, attempt.renewal].contains(where: { $0 != nil && $0?.isSlow == false }) {
            world.focus = index
        }
    }

    /// Forgets what can make no difference any more.
    private func tidy(_ world: inout ProtocolWorld) {
        for index in world.attempts.indices {
            let attempt = world.attempts[index]
            let isIdle =
                attempt.write == nil && attempt.renewal == nil && attempt.work == .nothing && attempt.late == nil
            if attempt.hasBegun, !attempt.isOver, isIdle, attempt.execution?.isDone ?? true {
                world.attempts[index] = Participant(hasBegun: true, isOver: true)
            }
        }
        world.strays = world.strays.filter { !isDead($0, world) }
    }

    /// Whether a late write expects an owner who is not there and cannot come back.
    private func isDead(_ stray: ProtocolWorld.Stray, _ world: ProtocolWorld) -> Bool {
        let owner: Owner
        switch stray.exchange.expecting {
        case .vacant: return false
        case .running(let expected), .unrenewed(let expected, _), .inDoubt(let expected): owner = expected
        }
        if world.register.record?.owner == owner { return false }
        let flights = world.attempts.flatMap { [$0.write?.exchange, $0.renewal?.exchange] }.compactMap(\.self)
        if (flights + world.strays.map(\.exchange)).contains(where: { $0.next?.owner == owner }) { return false }
        return !world.attempts.indices.contains { decision.owner($0) == owner && !world.attempts[$0].isOver }
    }

    private func happen(_ action: ProtocolAction, _ world: inout ProtocolWorld) -> String? {
        switch action {
        case .begin(let index):
            world.attempts[index].hasBegun = true
            return drive(index, &world) { $0.begin(at: $1) }
        case .apply(let index, let lane): return reach(index, lane, &world)
        case .receive(let index, let lane): return receive(index, lane, &world)
        case .delay(let index, let lane):
            world.attempts[index][lane]?.isSlow = true
            return nil
        case .timeOut(let index, let lane):
            world.budget.timeOuts -= 1
            return fail(index, lane, effect: .unknown, &world)
        case .refuse(let index, let lane):
            world.budget.refusals -= 1
            return fail(index, lane, effect: .notApplied, &world)
        case .duplicate(let index, let lane):
            world.budget.duplicates -= 1
            guard let flight = world.attempts[index][lane] else { return nil }
            world.strays.append(.init(attempt: index, exchange: flight.exchange))
            return nil
        case .applyStray(let index):
            let stray = world.strays.remove(at: index)
            return exchange(stray.exchange, by: stray.attempt, isStray: true, &world).broken
        case .wake(let index): return drive(index, &world) { $0.tick(at: $1) }
        case .nudge(let index):
            guard let nudge = world.attempts[index].nudge else { return nil }
            world.attempts[index].nudge = nil
            return drive(index, &world) {
                $0.expectLateEnd(nudge.expectsLateEnd)
                return $0.nudge(nudge.answer, of: decision.nudge(nudge.request, $0.request).fingerprint, at: $1)
            }
        case .takeEffect, .end, .endLate, .reconcile, .save: return work(action, &world)
        case .crash(let index):
            world.budget.crashes -= 1
            if scenario.countsEffectsAtTheEnd, world.attempts[index].work != .nothing,
                let broken = takeEffect(index, &world)
            {
                return broken
            }
            vanish(index, &world)
            return nil
        case .pass, .jump, .sweep, .operatorReleases, .operatorResolves: return change(action, &world)
        }
    }

    /// The store gets a write of an attempt.
    private func reach(_ index: Int, _ lane: ProtocolAction.Lane, _ world: inout ProtocolWorld) -> String? {
        guard let flight = world.attempts[index][lane] else { return nil }
        let (reply, broken) = exchange(flight.exchange, by: index, &world)
        world.attempts[index][lane]?.reply = reply
        return broken
    }

    /// An attempt gets the answer to its write.
    private func receive(_ index: Int, _ lane: ProtocolAction.Lane, _ world: inout ProtocolWorld) -> String? {
        guard let flight = world.attempts[index][lane], let reply = flight.reply else { return nil }
        world.attempts[index][lane] = nil
        let seen = world.attempts[index].execution.map { decision.view(reply, $0) } ?? reply
        if decision.countsFromTheAnswer, case .stored = reply { world.attempts[index].answered = world.moment }
        let before = world.attempts[index].answer
        let broken = drive(index, &world) { $0.replied(seen, to: flight.purpose, at: $1) }
        guard broken == nil, flight.purpose == .claim else { return broken }
        return brokenMismatch(index, told: reply, newly: before == nil, world)
    }

    /// An attempt learns nothing of its write, or that it did not happen.
    private func fail(
        _ index: Int, _ lane: ProtocolAction.Lane, effect: StoreError.Effect, _ world: inout ProtocolWorld
    ) -> String? {
        guard let flight = world.attempts[index][lane] else { return nil }
        world.attempts[index][lane] = nil
        if effect == .unknown, flight.reply == nil {
            world.strays.append(.init(attempt: index, exchange: flight.exchange))
        }
        if decision.releasesAfterFailure, flight.purpose == .settle, let owner = world.attempts[index].execution?.owner
        {
            vanish(index, &world)
            let release = Exchange(Self.id, expecting: .running(owner), next: nil)
            world.strays.append(.init(attempt: index, exchange: release))
            return nil
        }
        let error = StoreError(.unavailable, "down", effect: effect)
        return drive(index, &world) { $0.failed(error, to: flight.purpose, at: $1) }
    }

    /// The process of an attempt is gone; what it has sent may still arrive.
    private func vanish(_ index: Int, _ world: inout ProtocolWorld) {
        for lane in [ProtocolAction.Lane.write, .renewal] {
            if let flight = world.attempts[index][lane], flight.reply == nil {
                world.strays.append(.init(attempt: index, exchange: flight.exchange))
            }
            world.attempts[index][lane] = nil
        }
        world.attempts[index].execution = nil
        world.attempts[index].work = .nothing
        world.attempts[index].late = nil
        world.attempts[index].nudge = nil
    }

    /// Something happens that no attempt does.
    private func change(_ action: ProtocolAction, _ world: inout ProtocolWorld) -> String? {
        switch action {
        case .pass:
            world.budget.time -= 1
            world.time = world.time + ProtocolScenario.unit
            world.moment = world.moment + ProtocolScenario.unit
            forgetLapse(&world)
            for index in world.attempts.indices {
                world.attempts[index].write?.isSlow = false
                world.attempts[index].renewal?.isSlow = false
            }
        case .jump(let jump):
            world.budget.jumps -= 1
            world.time = world.time + ProtocolScenario.unit * (jump == .forward ? 4 : -1)
        case .sweep:
            world.register = Register()
            world.ledger.becomeVacant(afterExpiry: true)
        case .operatorReleases: return intervene(nil, &world)
        case .operatorResolves:
            return intervene(.completed(Outcome(.success, [99]), retention: scenario.terms.retention), &world)
        default: break
        }
        return nil
    }

    /// How long ago a lease was over is of no interest, unless the clock may jump back.
    private func forgetLapse(_ world: inout ProtocolWorld) {
        guard scenario.budget.jumps == 0, var record = world.register.record,
            case .running(let leaseEnd) = record.state, leaseEnd <= world.time
        else { return }
        record.state = .running(leaseEnd: ProtocolWorld.start)
        world.register = Register(record)
    }

    /// An operator settles the doubt that is there.
    private func intervene(_ state: Draft.State?, _ world: inout ProtocolWorld) -> String? {
        guard let record = world.register.record else { return nil }
        world.budget.interventions -= 1
        if state == nil { world.ledger.allowance += 1 }
        let next = state.map { Draft(record, state: $0) }
        return exchange(Exchange(Self.id, expecting: .inDoubt(record.owner), next: next), by: nil, &world).broken
    }
}

extension Participant {
    /// The write in one of the two lanes.
    subscript(lane: ProtocolAction.Lane) -> Flight? {
        get { lane == .write ? write : renewal }
        set { if lane == .write { write = newValue } else { renewal = newValue } }
    }
}

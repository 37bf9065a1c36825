import Idempotency
import Testing

@Suite("The execution") struct ExecutionTests {
    let outcome = Outcome(.success, [1, 2, 3])

    @Test("claims, runs, completes, and a retry replays the outcome")
    func happyPath() {
        var world = World()
        var first = world.execution(1)
        let started = world.begin(&first)
        guard case .operation(let record) = started.start else { return #expect(Bool(false), "\(started)") }
        #expect(record.fence == Fence(1))
        #expect(world.end(&first, .completed(outcome)).answer == .performed(outcome, Fence(1)))
        #expect(first.isDone)
        var retry = world.execution(2)
        #expect(world.begin(&retry).answer == .replayed(outcome))
    }

    @Test("tells a mismatch before anything else, whatever the state")
    func mismatchFirst() {
        var world = World()
        var first = world.execution(1)
        _ = world.begin(&first)
        var running = world.execution(2, fingerprint: World.other)
        #expect(world.begin(&running).answer == .mismatch)
        world.pass(.seconds(31))
        var lapsed = world.execution(3, .rerun, fingerprint: World.other)
        #expect(world.begin(&lapsed).answer == .mismatch)
        _ = world.end(&first, .unknown)
        var inDoubt = world.execution(4, fingerprint: World.other)
        #expect(world.begin(&inDoubt).answer == .mismatch)
    }

    @Test("recognises its own claim whose acknowledgement was lost, and counts the lease from the grant")
    func lostClaim() throws {
        var world = World()
        var first = world.execution(1)
        let write = try #require(first.begin(at: world.moment).write)
        _ = world.apply(write.exchange)
        #expect(first.failed(World.outage, to: .claim, at: world.moment) == Effects())
        world.pass(.seconds(1))
        let again = first.tick(at: world.moment)
        let started = world.settle(&first, again)
        guard case .operation = started.start else { return #expect(Bool(false), "\(started)") }
        #expect(first.leaseEnd == Moment(nanoseconds: 30_000_000_000))
    }

    @Test("does not run and takes its claim back when the store does not answer in time")
    func claimOutage() throws {
        var world = World()
        var first = world.execution(1)
        let write = try #require(first.begin(at: world.moment).write)
        _ = world.apply(write.exchange)
        world.pass(.seconds(3))
        let refused = first.failed(World.outage, to: .claim, at: world.moment)
        #expect(refused.answer == .unavailable(.unavailable, "down"))
        #expect(refused.start == nil)
        _ = world.settle(&first, refused)
        #expect(world.register.record == nil)
    }

    @Test(
        "A lapsed attempt is held, rerun or reconciled, as its caller says",
        arguments: [InterruptedRule.hold, .rerun, .reconcile])
    func lapsed(rule: InterruptedRule) {
        var world = World()
        var first = world.execution(1, rule)
        _ = world.begin(&first)
        world.pass(.seconds(30))
        var second = world.execution(2, rule)
        let effects = world.begin(&second)
        switch rule {
        case .hold: #expect(effects.answer == .inDoubt(.leaseLapsed))
        case .rerun:
            guard case .operation(let record) = effects.start else { return #expect(Bool(false)) }
            #expect(record.fence == Fence(2) && record.attempt == 2)
        case .reconcile:
            guard case .reconciliation(let record) = effects.start else { return #expect(Bool(false)) }
            #expect(record.owner == second.owner)
        }
        // The first attempt wakes up and reports.
        let late = world.end(&first, .completed(outcome))
        switch rule {
        case .hold: #expect(late.answer == .performed(outcome, Fence(1)), "it may settle its own doubt")
        case .rerun, .reconcile:
            #expect(late.answer == .superseded)
            #expect(world.register.record?.owner == second.owner)
        }
    }

    @Test("A takeover fails when the lapsed attempt renews between the look and the write")
    func renewalBeatsTakeover() throws {
        var world = World()
        var first = world.execution(1, .rerun)
        _ = world.begin(&first)
        let renewal = try #require(first.tick(at: world.moment + .seconds(10)).write)
        world.pass(.seconds(30))
        var second = world.execution(2, .rerun)
        let claim = try #require(second.begin(at: world.moment).write)
        let takeover = second.replied(world.apply(claim.exchange), to: .claim, at: world.moment)
        _ = first.replied(world.apply(renewal.exchange), to: .renew, at: world.moment)
        let refused = world.settle(&second, takeover)
        guard case .inProgress = refused.answer else { return #expect(Bool(false), "\(refused)") }
        #expect(!first.isLeaseLost)
    }

    @Test("A renewed lease is counted from the sending: an answer that takes its time prolongs nothing")
    func renewalThatTakesItsTime() throws {
        var world = World()
        var first = world.execution(1)
        _ = world.begin(&first)
        world.pass(.seconds(10))
        let renewal = try #require(first.tick(at: world.moment).write)
        let reply = world.apply(renewal.exchange)
        world.pass(.seconds(15))
        _ = first.replied(reply, to: .renew, at: world.moment)
        let second = try #require(first.tick(at: world.moment).write)
        #expect(second.purpose == .renew)
        _ = first.failed(World.outage, to: .renew, at: world.moment)
        world.pass(.seconds(15) - .microseconds(1))
        #expect(!first.tick(at: world.moment).cancelsOperation)
        world.pass(.microseconds(1))
        #expect(first.tick(at: world.moment).cancelsOperation)
    }

    @Test("The watchdog cancels an operation whose lease cannot be renewed")
    func watchdog() {
        var world = World()
        var first = world.execution(1)
        _ = world.begin(&first)
        world.pass(.seconds(10))
        #expect(first.tick(at: world.moment).write?.purpose == .renew)
        _ = first.failed(World.outage, to: .renew, at: world.moment)
        #expect(!first.isLeaseLost)
        world.pass(.seconds(20))
        #expect(first.tick(at: world.moment).cancelsOperation)
        #expect(first.isLeaseLost)
    }

    @Test("An outcome that cannot be written is told as doubt, and written when the store comes back")
    func unrecorded() throws {
        var world = World()
        var first = world.execution(1)
        _ = world.begin(&first)
        var effects = first.operationEnded(.completed(outcome), at: world.moment)
        var answers: [Answer] = []
        for _ in 0..<200 where answers.isEmpty {
            if effects.write != nil { effects = first.failed(World.outage, to: .settle, at: world.moment) }
            if let answer = effects.answer { answers.append(answer) }
            if let wake = first.wake { world.pass(max(wake - world.moment, .zero)) }
            if answers.isEmpty { effects = first.tick(at: world.moment) }
        }
        #expect(answers == [.inDoubt(.unrecorded)])
        #expect(world.moment >= Moment(nanoseconds: 28_000_000_000), "it tried as long as the lease held")
        world.pass(.seconds(5))
        let last = world.settle(&first, first.tick(at: world.moment))
        #expect(last.answer == nil, "the caller was told once")
        #expect(first.isDone)
        var retry = world.execution(2)
        #expect(world.begin(&retry).answer == .replayed(outcome))
    }

    @Test("An answer too large for the store leaves a tombstone; its own caller still gets it")
    func tombstone() {
        var world = World()
        var first = world.execution(1)
        _ = world.begin(&first)
        _ = first.operationEnded(.completed(outcome), at: world.moment)
        let tooLarge = StoreError(.tooLarge, "too large", effect: .notApplied)
        let effects = world.settle(&first, first.failed(tooLarge, to: .settle, at: world.moment))
        #expect(effects.answer == .performed(outcome, Fence(1)))
        var retry = world.execution(2)
        guard case .replayed(let kept) = world.begin(&retry).answer else { return #expect(Bool(false)) }
        #expect(kept.kind == .tombstone)
    }

    @Test("A release keeps the recovery point of earlier attempts")
    func releaseKeepsCheckpoint() throws {
        var world = World()
        var first = world.execution(1, .rerun)
        _ = world.begin(&first)
        let saved = world.settle(&first, first.save(checkpoint: [7], at: world.moment))
        #expect(saved.checkpointSaved == true)
        #expect(world.end(&first, .retryable).answer == .released)
        var second = world.execution(2, .rerun)
        guard case .operation(let record) = world.begin(&second).start else { return #expect(Bool(false)) }
        #expect(record.checkpoint == [7])
        #expect(record.attempt == 2)
    }

    @Test("A waiting duplicate gets the outcome from the same process without asking the store")
    func nudge() {
        var world = World()
        var first = world.execution(1)
        _ = world.begin(&first)
        var second = world.execution(2, wait: .seconds(5))
        let waiting = world.begin(&second)
        #expect(waiting == Effects() && second.wake != nil)
        let told = second.nudge(.performed(outcome, Fence(1)), of: World.fingerprint, at: world.moment)
        #expect(told.answer == .replayed(outcome))
        #expect(second.isDone)
    }

    @Test("A waiting duplicate is told nothing of another request that got the key meanwhile")
    func nudgeOfAnotherRequest() {
        var world = World()
        var first = world.execution(1)
        _ = world.begin(&first)
        var second = world.execution(2, wait: .seconds(5))
        _ = world.begin(&second)
        _ = world.end(&first, .retryable)
        var third = world.execution(3, fingerprint: World.other)
        _ = world.begin(&third)
        let told = world.end(&third, .completed(outcome)).answer ?? .released
        let effects = second.nudge(told, of: World.other, at: world.moment)
        #expect(effects.answer == nil)
        #expect(world.settle(&second, effects).answer == .mismatch)
    }

    @Test("A claim whose answer took longer than the lease starts nothing before the store has granted it again")
    func slowClaim() {
        var world = World()
        var first = world.execution(1, .rerun)
        let claim = first.begin(at: world.moment)
        guard let write = claim.write else { return #expect(Bool(false)) }
        let reply = world.apply(write.exchange)
        world.pass(.seconds(31))
        var confirmed = first
        let effects = first.replied(reply, to: .claim, at: world.moment)
        #expect(effects.start == nil && effects.write != nil)
        #expect(world.settle(&first, effects).start != nil, "nobody has taken over")

        var second = world.execution(2, .rerun)
        world.pass(.seconds(31))
        #expect(world.begin(&second).start != nil)
        let late = confirmed.replied(reply, to: .claim, at: world.moment)
        #expect(world.settle(&confirmed, late).answer == .inProgress(retryAfter: .seconds(5)), "someone has")
    }

    @Test("A question answered after the lease is over starts nothing, also when the watchdog has not fired yet")
    func slowQuestion() {
        var world = World()
        var first = world.execution(1, .reconcile)
        _ = world.begin(&first)
        world.pass(.seconds(31))
        var second = world.execution(2, .reconcile)
        guard case .reconciliation = world.begin(&second).start else { return #expect(Bool(false)) }
        world.pass(.seconds(31))
        let effects = second.reconciled(.didNothing, at: world.moment)
        #expect(effects.start == nil)
        #expect(world.settle(&second, effects).answer == .released)
    }

    @Test("A waiting duplicate is refused when its time is over")
    func waitEnds() {
        var world = World()
        var first = world.execution(1)
        _ = world.begin(&first)
        var second = world.execution(2, wait: .seconds(5))
        var effects = world.begin(&second)
        while effects.answer == nil, let wake = second.wake {
            world.pass(max(wake - world.moment, .zero))
            effects = world.settle(&second, second.tick(at: world.moment))
        }
        #expect(effects.answer == .inProgress(retryAfter: .seconds(1)))
        #expect(world.moment == Moment(nanoseconds: 5_000_000_000))
    }

    @Test("A fence grows also when the key was released or has expired")
    func fences() {
        var world = World()
        var fences: [Fence] = []
        for number in 1...4 {
            var execution = world.execution(UInt64(number))
            guard case .operation(let record) = world.begin(&execution).start else { return #expect(Bool(false)) }
            fences.append(record.fence)
            _ = world.end(&execution, number.isMultiple(of: 2) ? .retryable : .completed(outcome))
            world.pass(.seconds(3600))
        }
        #expect(fences == [1, 2, 3, 4].map { Fence($0) })
    }

    @Test("A reconciliation that could not be asked is asked again by the next caller; one that cannot tell is not")
    func reconciliation() {
        var world = World()
        var first = world.execution(1, .reconcile)
        _ = world.begin(&first)
        _ = first.operationEnded(.interrupted, at: world.moment)
        let unanswered = world.settle(&first, first.reconciled(.unanswered, at: world.moment))
        #expect(unanswered.answer == .inDoubt(.reconcileUnknown))
        var second = world.execution(2, .reconcile)
        guard case .reconciliation = world.begin(&second).start else { return #expect(Bool(false)) }
        #expect(
            world.settle(&second, second.reconciled(.unknown, at: world.moment)).answer == .inDoubt(.reconcileUnknown))
        var third = world.execution(3, .reconcile)
        #expect(world.begin(&third).answer == .inDoubt(.reconcileUnknown))
    }

    @Test("A reconciliation that finds nothing done lets the operation run under the new fence")
    func reconciledNothing() {
        var world = World()
        var first = world.execution(1, .reconcile)
        _ = world.begin(&first)
        world.pass(.seconds(31))
        var second = world.execution(2, .reconcile)
        _ = world.begin(&second)
        guard case .operation(let record) = second.reconciled(.didNothing, at: world.moment).start else {
            return #expect(Bool(false))
        }
        #expect(record.fence == Fence(2))
        #expect(world.end(&second, .completed(outcome)).answer == .performed(outcome, Fence(2)))
        #expect(world.end(&first, .completed(Outcome(.success, [9]))).answer == .replayed(outcome))
    }
}

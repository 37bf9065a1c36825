import Idempotency
import Testing

@Suite("An attempt that ends after it was given up") struct LateEndTests {
    let outcome = Outcome(.success, [42])
    let operators = Outcome(.success, [99])

    /// An attempt whose caller was told that it is in doubt.
    private func givenUp(_ world: inout World, _ rule: InterruptedRule = .hold) -> Execution {
        var first = world.execution(1, rule)
        _ = world.begin(&first)
        #expect(world.end(&first, .interrupted).answer == .inDoubt(.unknownEnd))
        return first
    }

    /// What an operator writes over the doubt that is there.
    private func settle(_ world: inout World, _ state: Draft.State?) throws {
        let record = try #require(world.register.record)
        let next = state.map { Draft(record, state: $0) }
        guard case .stored = world.apply(Exchange(World.id, expecting: .inDoubt(record.owner), next: next)) else {
            return #expect(Bool(false), "the operator's write was refused")
        }
    }

    @Test("Settles its own doubt, and every retry gets its answer")
    func settles() {
        var world = World()
        var first = givenUp(&world)
        #expect(first.isDone)
        world.pass(.seconds(40))
        let late = world.settle(&first, first.operationEndedLate(.completed(outcome), at: world.moment))
        #expect(late.lateAnswer == .performed(outcome, Fence(1)))
        #expect(late.answer == nil, "the caller was told once")
        var retry = world.execution(2)
        #expect(world.begin(&retry).answer == .replayed(outcome))
    }

    @Test("Frees the key when it turns out to have done nothing")
    func releases() {
        var world = World()
        var first = givenUp(&world)
        let late = world.settle(&first, first.operationEndedLate(.retryable, at: world.moment))
        #expect(late.lateAnswer == .released)
        #expect(world.register.record == nil)
    }

    @Test("Changes nothing when its end does not tell either", arguments: [Execution.End.unknown, .interrupted])
    func tellsNothing(end: Execution.End) {
        var world = World()
        var first = givenUp(&world)
        #expect(first.operationEndedLate(end, at: world.moment) == Effects())
    }

    @Test("Settles once: a second late end changes nothing")
    func once() {
        var world = World()
        var first = givenUp(&world)
        _ = world.settle(&first, first.operationEndedLate(.completed(outcome), at: world.moment))
        #expect(first.operationEndedLate(.completed(operators), at: world.moment) == Effects())
    }

    @Test("What an operator resolved meanwhile stands")
    func resolvedMeanwhile() throws {
        var world = World()
        var first = givenUp(&world)
        try settle(&world, .completed(operators, retention: .seconds(3600)))
        let late = world.settle(&first, first.operationEndedLate(.completed(outcome), at: world.moment))
        #expect(late.lateAnswer == .replayed(operators))
        var retry = world.execution(2)
        #expect(world.begin(&retry).answer == .replayed(operators))
    }

    @Test("What an operator released meanwhile stays free, and is another's once it was claimed")
    func releasedMeanwhile() throws {
        var world = World()
        var first = givenUp(&world)
        try settle(&world, nil)
        var early = first
        let late = world.settle(&early, early.operationEndedLate(.completed(outcome), at: world.moment))
        #expect(late.lateAnswer == .superseded)
        #expect(world.register.record == nil)
        var second = world.execution(2)
        _ = world.begin(&second)
        let later = world.settle(&first, first.operationEndedLate(.completed(outcome), at: world.moment))
        #expect(later.lateAnswer == .superseded)
        #expect(world.register.record?.owner == second.owner)
    }

    @Test("An end that comes while the doubt is being written follows it")
    func meanwhile() throws {
        var world = World()
        var first = world.execution(1)
        _ = world.begin(&first)
        let doubt = try #require(first.operationEnded(.interrupted, at: world.moment).write)
        #expect(first.operationEndedLate(.completed(outcome), at: world.moment) == Effects())
        let effects = first.replied(world.apply(doubt.exchange), to: .settle, at: world.moment)
        #expect(effects.answer == .inDoubt(.unknownEnd), "that is what was known when it was decided")
        #expect(world.settle(&first, effects).lateAnswer == .performed(outcome, Fence(1)))
    }

    @Test("An end that comes while the doubt cannot be written is written instead, and told")
    func instead() throws {
        var world = World()
        var first = world.execution(1)
        _ = world.begin(&first)
        let doubt = try #require(first.operationEnded(.interrupted, at: world.moment).write)
        _ = first.operationEndedLate(.completed(outcome), at: world.moment)
        // It was written; only its acknowledgement is lost.
        _ = world.apply(doubt.exchange)
        #expect(first.failed(World.outage, to: .settle, at: world.moment).answer == nil)
        world.pass(.seconds(2))
        let effects = world.settle(&first, first.tick(at: world.moment))
        #expect(effects.answer == .performed(outcome, Fence(1)))
    }

    @Test("An end that cannot be written is tried again, long after the caller was told")
    func outage() throws {
        var world = World()
        var first = givenUp(&world)
        var effects = first.operationEndedLate(.completed(outcome), at: world.moment)
        for _ in 0..<20 {
            #expect(effects.write != nil)
            #expect(first.failed(World.outage, to: .settle, at: world.moment) == Effects())
            world.pass(max(try #require(first.wake) - world.moment, .zero))
            effects = first.tick(at: world.moment)
        }
        #expect(world.settle(&first, effects).lateAnswer == .performed(outcome, Fence(1)))
    }

    @Test("An end that comes before the question about it is answered needs no answer any more")
    func beforeTheQuestion() {
        var world = World()
        var first = world.execution(1, .reconcile)
        _ = world.begin(&first)
        guard case .reconciliation = first.operationEnded(.interrupted, at: world.moment).start else {
            return #expect(Bool(false))
        }
        let late = world.settle(&first, first.operationEndedLate(.completed(outcome), at: world.moment))
        #expect(late.answer == .performed(outcome, Fence(1)))
        #expect(first.reconciled(.unknown, at: world.moment) == Effects())
    }

    @Test("After a question that found nothing yet, the record is still its own until another takes over")
    func afterNothingYet() {
        var world = World()
        var first = world.execution(1, .reconcile)
        _ = world.begin(&first)
        _ = first.operationEnded(.interrupted, at: world.moment)
        #expect(first.reconciled(.nothingYet, at: world.moment).answer == .inDoubt(.unknownEnd))
        var late = first
        let effects = world.settle(&late, late.operationEndedLate(.completed(outcome), at: world.moment))
        #expect(effects.lateAnswer == .performed(outcome, Fence(1)))

        world = World()
        var other = world.execution(2, .reconcile)
        var again = world.execution(1, .reconcile)
        _ = world.begin(&again)
        _ = again.operationEnded(.interrupted, at: world.moment)
        _ = again.reconciled(.nothingYet, at: world.moment)
        world.pass(.seconds(31))
        _ = world.begin(&other)
        let lost = world.settle(&again, again.operationEndedLate(.completed(outcome), at: world.moment))
        #expect(lost.lateAnswer == .superseded)
        #expect(world.register.record?.owner == other.owner)
    }

    @Test("With rerun the key was freed: a late end changes nothing")
    func rerun() {
        var world = World()
        var first = world.execution(1, .rerun)
        _ = world.begin(&first)
        #expect(world.end(&first, .interrupted).answer == .released)
        #expect(first.operationEndedLate(.completed(outcome), at: world.moment) == Effects())
    }

    @Test("A duplicate that waits asks the store about a doubt: it may be settled by then")
    func nudgedByDoubt() throws {
        var world = World()
        var first = world.execution(1)
        _ = world.begin(&first)
        var second = world.execution(2, wait: .seconds(5))
        _ = world.begin(&second)
        let told = try #require(world.end(&first, .interrupted).answer)
        try settle(&world, .completed(operators, retention: .seconds(3600)))
        let effects = second.nudge(told, of: World.fingerprint, at: world.moment)
        #expect(effects.answer == nil)
        #expect(world.settle(&second, effects).answer == .replayed(operators))
    }

    @Test("A duplicate waits on a doubt while a late end is expected, and gets it")
    func waitsOnDoubt() throws {
        var world = World()
        var first = world.execution(1)
        _ = world.begin(&first)
        var second = world.execution(2, wait: .seconds(50))
        _ = world.begin(&second)
        let told = try #require(world.end(&first, .interrupted).answer)
        second.expectLateEnd(true)
        let waiting = world.settle(&second, second.nudge(told, of: World.fingerprint, at: world.moment))
        #expect(waiting == Effects() && second.isWaiting)
        world.pass(.seconds(10))
        let late = world.settle(&first, first.operationEndedLate(.completed(outcome), at: world.moment))
        let nudge = try #require(late.lateAnswer)
        #expect(second.nudge(nudge, of: World.fingerprint, at: world.moment).answer == .replayed(outcome))
    }

    @Test(
        "A duplicate that waits on a doubt is told of it when its time, or the hope, is over", arguments: [true, false])
    func waitsInVain(hopes: Bool) throws {
        var world = World()
        var first = givenUp(&world)
        var second = world.execution(2, wait: .seconds(5))
        second.expectLateEnd(true)
        var effects = world.begin(&second)
        #expect(second.isWaiting)
        if !hopes {
            second.expectLateEnd(false)
            effects = world.settle(
                &second, second.nudge(.inDoubt(.unknownEnd), of: World.fingerprint, at: world.moment))
        }
        while effects.answer == nil, let wake = second.wake {
            world.pass(max(wake - world.moment, .zero))
            effects = world.settle(&second, second.tick(at: world.moment))
        }
        #expect(effects.answer == .inDoubt(.unknownEnd))
        #expect(world.moment == Moment(nanoseconds: hopes ? 5_000_000_000 : 0))
        _ = first.operationEndedLate(.unknown, at: world.moment)
    }
}

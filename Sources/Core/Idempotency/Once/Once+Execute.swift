import Logging
import Synchronization

/// What the shell runs once the key is claimed.
package struct Operation: Sendable {
    /// The operation: how it ended, and the error for its own caller if it threw one.
    package var body: @Sendable (Attempt) async -> (end: Execution.End, thrown: (any Error)?)
    /// The question about an interrupted attempt.
    package var reconcile: Interrupted.Reconcile?
    /// Told the answer as soon as there is one, also when the caller has left; called at most once, outside all locks,
    /// and not at all when the operation was not started.
    package var answered: (@Sendable (Answer) -> Void)?

    /// An operation with the question about it.
    package init(
        reconcile: Interrupted.Reconcile? = nil, answered: (@Sendable (Answer) -> Void)? = nil,
        body: @escaping @Sendable (Attempt) async -> (end: Execution.End, thrown: (any Error)?)
    ) {
        self.body = body
        self.reconcile = reconcile
        self.answered = answered
    }
}

extension Once {
    /// Takes one request through the protocol.
    ///
    /// - Returns: What the caller is to be told, and the error that the operation threw if it ran for this caller.
    /// - Throws: `OnceError` (`overloaded`, `shuttingDown`) before anything was asked of the store; `CancellationError`
    ///   when the calling task is cancelled. An operation that has begun goes on then.
    package nonisolated(nonsending) func execute(
        _ request: Request, terms: Terms, operation: Operation
    ) async throws -> (answer: Answer, thrown: (any Error)?) {
        let start = clock.now
        let told = try await lead(request, terms: terms, operation: operation, at: start)
        metrics.record(told.answer, from: start, to: clock.now)
        return told
    }

    /// Leads one caller from the claim to the answer.
    private nonisolated(nonsending) func lead(
        _ request: Request, terms: Terms, operation: Operation, at now: Moment
    ) async throws -> (answer: Answer, thrown: (any Error)?) {
        try Task.checkCancellation()
        let waitEnd = now + terms.wait
        if let other = pacemaker.run(of: request.id),
            let joined = await join(other, request, until: waitEnd, mayWait: terms.wait > .zero)
        {
            return (joined, nil)
        }
        try executions.enter()
        let place = configuration.quota.map { QuotaPlace(in: $0, of: request.label.scope) }
        let execution = Execution(request, terms: terms, owner: .fresh(), excess: place?.excess)
        let (run, first) = open(execution, place, at: now)
        guard let run else { return (first.answer ?? .superseded, nil) }
        var effects = first
        while true {
            if let start = effects.start {
                launch(run, start, terms: terms, operation: operation)
                return try await run.answer()
            }
            if let answer = effects.answer {
                if effects.write == nil { executions.leave() } else { settleBehind(run, effects) }
                return (answer, nil)
            }
            if let write = effects.write {
                effects = await run.send(write)
            } else {
                effects = await pause(run, until: waitEnd)
            }
        }
    }

    /// Begins an execution, and takes it as far as goes without waiting for the store.
    ///
    /// - Returns: Its run with what to do next; or, with its place given back, no run but an answer.
    private func open(_ execution: consuming Execution, _ place: consuming QuotaPlace?, at now: Moment) -> (
        run: Run?, Effects
    ) {
        var effects = execution.begin(at: now)
        place?.follow(effects, isDone: execution.isDone)
        if let immediateStore, let write = effects.write,
            let reply = immediateStore.replyAtOnce(to: write.exchange)
        {
            effects = execution.replied(reply, to: write.purpose, at: clock.now)
            place?.follow(effects, isDone: execution.isDone)
            if effects.answer != nil, effects.write == nil {
                executions.leave()
                return (nil, effects)
            }
        }
        return (Run(execution, answer: effects.answer, place: place, store: store, clock: clock), effects)
    }

    /// A duplicate of what runs in this very process needs no look at the store.
    private func join(
        _ other: Run, _ request: Request, until waitEnd: Moment, mayWait: Bool
    ) async -> Answer? {
        let isSame = request.matches(other.request.fingerprint)
        var answer = other.state.withLock { $0.answer }
        if answer == nil {
            guard isSame else { return .mismatch }
            guard mayWait else { return .inProgress(retryAfter: .seconds(1)) }
            answer = await other.wait(until: waitEnd, limit: configuration.maximumWaiters)
        }
        return switch answer {
        case .performed(let outcome, _) where isSame: .replayed(outcome)
        case .replayed(let outcome) where isSame: .replayed(outcome)
        case nil where mayWait && clock.now >= waitEnd: .inProgress(retryAfter: .seconds(1))
        // It has ended without an outcome, or was asked for something else: only the store knows what holds now.
        case .performed, .replayed, .inDoubt, .released, .mismatch, .inProgress, .superseded, .overQuota,
            .unavailable, nil:
            nil
        }
    }

    /// Waits for the running attempt, for the store to come back, or for the caller to leave.
    private nonisolated(nonsending) func pause(_ run: Run, until waitEnd: Moment) async -> Effects {
        if let other = pacemaker.run(of: run.request.id), other !== run, run.isWaiting,
            let answer = await other.wait(until: waitEnd, limit: configuration.maximumWaiters)
        {
            return run.handle { $0.nudge(answer, of: other.request.fingerprint, at: $1) }
        }
        if let wake = run.wake { await look(run, until: wake) }
        if Task.isCancelled { return run.handle { $0.abandon(at: $1) } }
        return run.handle { $0.tick(at: $1) }
    }

    /// Sleeps until `wake`; comes back sooner when the store tells that a record waited for has changed.
    private func look(_ run: Run, until wake: Moment) async {
        if let store = store as? any WakingStore, run.isWaiting {
            await store.change(of: run.request.id, within: max(wake - clock.now, .zero))
            run.state.withLock { $0.execution.hurry(at: clock.now) }
        } else {
            try? await clock.sleep(until: wake)
        }
    }

    /// Runs the operation in a task of its own and sees the execution through to its end.
    private func launch(_ run: Run, _ start: Effects.Start, terms: Terms, operation: Operation) {
        run.state.withLock { $0.answered = operation.answered }
        pacemaker.insert(run, lease: terms.lease)
        // Outside the lock: the task wants it at once.
        let task = executions.start { await self.operate(run, start, operation) }
        let isLost = run.state.withLock { state in
            state.task = task
            return state.execution.isLeaseLost
        }
        if isLost { task.cancel() }
    }

    /// Nobody waits any more, but a write is still to be made.
    private func settleBehind(_ run: Run, _ effects: Effects) {
        executions.start { _ = await self.settle(run, effects) }
    }

    private nonisolated(nonsending) func operate(_ run: Run, _ start: Effects.Start, _ operation: Operation) async {
        var next: Effects.Start? = start
        while let start = next {
            let ended: Effects
            switch start {
            case .operation(let record):
                let attempt = Attempt(run.request.id, record) { await run.save($0) }
                let (end, thrown) = await operation.body(attempt)
                ended = run.handle(thrown: thrown) { $0.operationEnded(end, at: $1) }
            case .reconciliation(let record):
                let finding = await self.finding(run, record, operation)
                ended = run.handle { $0.reconciled(finding, at: $1) }
            }
            next = await settle(run, ended)
        }
        pacemaker.remove(run)
    }

    private nonisolated(nonsending) func finding(_ run: Run, _ record: Record, _ operation: Operation) async
        -> Execution.Finding
    {
        guard let reconcile = operation.reconcile else { return .unknown }
        do {
            let attempt = Attempt(run.request.id, record) { await run.save($0) }
            return switch try await reconcile(attempt) {
            case .tookEffect(let outcome): .tookEffect(outcome)
            case .didNothing: .didNothing
            case .unknown: .unknown
            }
        } catch {
            configuration.logger.debug(
                "reconciliation failed", metadata: ["idempotency.record": "\(run.request.id)"])
            return .unanswered
        }
    }

    /// Writes until the execution is done.
    ///
    /// - Returns: What else is to be started first, if the end of the operation leads to the reconciliation.
    private nonisolated(nonsending) func settle(_ run: Run, _ effects: Effects) async -> Effects.Start? {
        var effects = effects
        while !run.isDone {
            if let start = effects.start { return start }
            if Task.isCancelled {
                // The watchdog cancelled the operation, perhaps just as it ended. What became of it is written all the
                // same, by a fresh task: in this one no wait would last.
                return await executions.uncancelled { [effects] in await self.settle(run, effects) }
            }
            if let write = effects.write {
                effects = if let next = run.sendAtOnce(write, immediateStore) { next } else { await run.send(write) }
            } else if let wake = run.wake {
                try? await clock.sleep(until: wake)
                effects = run.handle { $0.tick(at: $1) }
            } else {
                return nil
            }
        }
        return nil
    }
}

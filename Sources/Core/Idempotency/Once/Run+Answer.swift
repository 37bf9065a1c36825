import Synchronization

extension Run {
    /// Waits for the answer; a cancelled caller leaves, the execution goes on.
    ///
    /// - Throws: `CancellationError` when the calling task is cancelled before there is an answer.
    nonisolated(nonsending) func answer() async throws -> (answer: Answer, thrown: (any Error)?) {
        if let known = state.withLock({ state in state.answer.map { ($0, state.thrown) } }) { return known }
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (caller: UnsafeContinuation<Void, any Error>) in
                let now: Result<Void, any Error>? = state.withLock { state in
                    if state.answer != nil { return .success(()) }
                    if state.isCallerGone { return .failure(CancellationError()) }
                    state.caller = caller
                    return nil
                }
                if let now { caller.resume(with: now) }
            }
        } onCancel: {
            let caller = state.withLock { state in
                state.isCallerGone = true
                return state.caller.take()
            }
            caller?.resume(throwing: CancellationError())
        }
        return state.withLock { ($0.answer ?? .superseded, $0.thrown) }
    }

    /// Wakes the caller and those who wait; the answer is in the state.
    func tell() {
        let (caller, waiters, answer, answered) = state.withLock { state in
            let waiters = state.waiters
            if !waiters.isEmpty { state.waiters = [:] }
            return (state.caller.take(), waiters, state.answer, state.answered.take())
        }
        if let answer { answered?(answer) }
        caller?.resume()
        for waiter in waiters.values { waiter.resume(returning: answer) }
    }

    /// Waits for the answer of this run from outside, at most until `deadline`.
    ///
    /// - Returns: The answer, or `nil` when time is over, the task was cancelled, or there are too many waiters.
    func wait(until deadline: Moment, limit: Int) async -> Answer? {
        await withTaskGroup(of: Answer?.self) { group in
            group.addTask { await self.nextAnswer(limit: limit) }
            group.addTask {
                try? await self.clock.sleep(until: deadline)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    private func nextAnswer(limit: Int) async -> Answer? {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isRefused = state.withLock { state in
                    guard state.answer == nil, state.waiters.count < limit, !Task.isCancelled else { return true }
                    state.waiters[number] = waiter
                    return false
                }
                if isRefused { waiter.resume(returning: state.withLock { $0.answer }) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume(returning: nil)
        }
    }
}

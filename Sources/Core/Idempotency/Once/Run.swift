import Synchronization

/// The async shell around one execution: sends what it wants sent, tells its caller and those who wait for it.
final class Run: Sendable {
    struct State {
        var execution: Execution
        /// Its place in the quota, where there is one.
        var place: QuotaPlace?
        /// The task of the operation, so that the watchdog can cancel it.
        var task: Task<Void, Never>?
        var answer: Answer?
        /// Who else wants to know the answer; see `Operation.answered`.
        var answered: (@Sendable (Answer) -> Void)?
        /// The error that the operation threw, for its own caller.
        var thrown: (any Error)?
        /// Resumed exactly once, by whoever takes it from here.
        var caller: UnsafeContinuation<Void, any Error>?
        var isCallerGone = false
        var waiters: [UInt64: CheckedContinuation<Answer?, Never>] = [:]
        var nextWaiter: UInt64 = 0
        var saving = Saving()
    }

    let state: Mutex<State>
    let request: Request
    let store: any RecordStore
    let clock: any LocalClock

    /// The run of an execution that has begun; `answer` is what has come of it already, if anything has.
    init(
        _ execution: consuming Execution, answer: Answer?, place: QuotaPlace?, store: any RecordStore,
        clock: any LocalClock
    ) {
        request = execution.request
        state = Mutex(State(execution: execution, place: place, answer: answer))
        self.store = store
        self.clock = clock
    }

    /// Hands an event to the execution; does at once what needs no waiting, returns the rest.
    ///
    /// - Parameter thrown: The error that the operation threw, if this is its end.
    func handle(thrown: (any Error)? = nil, _ event: (inout Execution, Moment) -> Effects) -> Effects {
        let now = clock.now
        var cancels: Task<Void, Never>?
        var saver: CheckedContinuation<Bool, Never>?
        let effects = state.withLock { state in
            if let thrown { state.thrown = thrown }
            let effects = event(&state.execution, now)
            if state.place != nil { state.place?.follow(effects, isDone: state.execution.isDone) }
            if let answer = effects.answer { state.answer = answer }
            if effects.cancelsOperation { cancels = state.task }
            if let isSaved = effects.checkpointSaved { saver = state.saving.end(isSaved) }
            return effects
        }
        cancels?.cancel()
        saver?.resume(returning: effects.checkpointSaved ?? false)
        if effects.answer != nil { tell() }
        return effects
    }

    /// The same as `send` if the store answers without waiting; `nil` if it does not.
    func sendAtOnce(_ write: Effects.Write, _ store: (any ImmediateStore)?) -> Effects? {
        guard let reply = store?.replyAtOnce(to: write.exchange) else { return nil }
        return handle { $0.replied(reply, to: write.purpose, at: $1) }
    }

    /// Sends a write to the store and hands its reply to the execution.
    nonisolated(nonsending) func send(_ write: Effects.Write) async -> Effects {
        do {
            let reply = try await store.exchange(write.exchange)
            return handle { $0.replied(reply, to: write.purpose, at: $1) }
        } catch {
            return handle { $0.failed(error, to: write.purpose, at: $1) }
        }
    }

    /// When the execution wants its next tick; `nil` for never.
    var wake: Moment? { state.withLock { $0.execution.wake } }

    var isWaiting: Bool { state.withLock { $0.execution.isWaiting } }

    var isDone: Bool { state.withLock { $0.execution.isDone } }

    /// The pacemaker's visit: a renewal or the watchdog, but only while the operation runs.
    func beat() -> Effects {
        handle { execution, now in execution.isOperating ? execution.tick(at: now) : Effects() }
    }
}

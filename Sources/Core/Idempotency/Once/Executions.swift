import Synchronization

/// The tasks of the executions, which outlive their callers: tracked, bounded and drained.
///
/// The one place of this package that starts tasks of its own accord: a caller that hangs up cancels nothing, so that
/// no task of a caller can own an execution.
final class Executions: Sendable {
    struct State {
        var count = 0
        var isClosed = false
        var drainers: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// Reserves a place.
    ///
    /// - Throws: `OnceError` with code `shuttingDown` or `overloaded`; nothing was reserved then.
    func enter() throws(OnceError) {
        let refusal: OnceError? = state.withLock { state in
            if state.isClosed { return .shuttingDown }
            if state.count >= limit { return .overloaded }
            state.count += 1
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Gives the place back.
    func leave() {
        let drainers: [CheckedContinuation<Void, Never>] = state.withLock { state in
            state.count -= 1
            guard state.count == 0 else { return [] }
            defer { state.drainers = [] }
            return state.drainers
        }
        for drainer in drainers { drainer.resume() }
    }

    /// Runs `body` in a task that no caller can cancel, holding the place that was entered, and gives the place back.
    ///
    /// It begins at once on the thread of the caller, which goes on when `body` suspends for the first time.
    @discardableResult
    func start(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        guard #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) else {
            return Task {
                await body()
                self.leave()
            }
        }
        return Task.immediate {
            await body()
            self.leave()
        }
    }

    /// Runs the pacemaker, which ends by itself when nothing is left to renew.
    func startUncounted(_ body: @escaping @Sendable () async -> Void) {
        Task { await body() }
    }

    /// Runs `body` to its end although the present task is cancelled.
    func uncancelled<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) async -> Value {
        await Task { await body() }.value
    }

    /// Refuses new executions from now on.
    func close() {
        state.withLock { $0.isClosed = true }
    }

    /// Waits until no execution is left.
    func drained() async {
        await withCheckedContinuation { drainer in
            let isEmpty = state.withLock { state in
                if state.count > 0 { state.drainers.append(drainer) }
                return state.count == 0
            }
            if isEmpty { drainer.resume() }
        }
    }

    /// Lets those go on who wait for the end, although it has not come.
    func stopWaiting() {
        let drainers = state.withLock { state in
            defer { state.drainers = [] }
            return state.drainers
        }
        for drainer in drainers { drainer.resume() }
    }

    /// How many executions are under way.
    var count: Int { state.withLock { $0.count } }
}

import Dispatch
import Synchronization

/// Runs a caller's task and its children one job at a time, and tells when none of them can go on by itself.
///
/// So a test can wait until a caller has noticed that it was cancelled: cancelling wakes it at once, that is, puts its
/// next job here, and every job puts those that follow from it here before it ends.
final class CallerExecutor: TaskExecutor {
    private struct State {
        var jobs = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let queue = DispatchQueue(label: "caller")
    private let state = Mutex(State())

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs += 1 }
        queue.async {
            job.runSynchronously(on: self.asUnownedTaskExecutor())
            let waiters = self.state.withLock { state in
                state.jobs -= 1
                defer { if state.jobs == 0 { state.waiters = [] } }
                return state.jobs == 0 ? state.waiters : []
            }
            for waiter in waiters { waiter.resume() }
        }
    }

    /// Waits until all jobs are done, and with them those that they have led to.
    func settle() async {
        await withCheckedContinuation { waiter in
            let isIdle = state.withLock { state in
                if state.jobs > 0 { state.waiters.append(waiter) }
                return state.jobs == 0
            }
            if isIdle { waiter.resume() }
        }
    }
}

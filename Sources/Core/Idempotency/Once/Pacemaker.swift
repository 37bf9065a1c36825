import Synchronization

/// Renews the leases of all that runs, with one task for all of them instead of one each.
///
/// It lives while something runs: the first execution starts it, and it ends when it finds nothing left. Its step is a
/// tenth of the shortest lease that it has seen, so that renewals (due at a third) come in time.
final class Pacemaker: Sendable {
    struct State {
        /// All that runs, also what was overtaken within this process and still needs its watchdog.
        var runs: [ObjectIdentifier: Run] = [:]
        /// Who holds a key, as far as this process knows.
        var holders: [RecordID: Run] = [:]
        var isBeating = false
        var step = Duration.seconds(1)
    }

    private let state = Mutex(State())
    private let executions: Executions
    private let clock: any LocalClock

    init(executions: Executions, clock: any LocalClock) {
        self.executions = executions
        self.clock = clock
    }

    /// The run that holds the key in this process, if there is one.
    func run(of id: RecordID) -> Run? {
        state.withLock { $0.holders[id] }
    }

    /// Takes a run in that has claimed its key.
    func insert(_ run: Run, lease: Duration) {
        let starts = state.withLock { state in
            state.runs[ObjectIdentifier(run)] = run
            state.holders[run.request.id] = run
            state.step = max(min(state.step, lease / 10), .milliseconds(5))
            defer { state.isBeating = true }
            return !state.isBeating
        }
        if starts { executions.startUncounted { await self.beat() } }
    }

    /// Lets a run go that has ended.
    func remove(_ run: Run) {
        state.withLock { state in
            state.runs[ObjectIdentifier(run)] = nil
            if state.holders[run.request.id] === run { state.holders[run.request.id] = nil }
        }
    }

    private func beat() async {
        await withDiscardingTaskGroup { group in
            while true {
                let step = state.withLock { $0.step }
                try? await clock.sleep(until: clock.now + step)
                let runs: [Run] = state.withLock { state in
                    if state.runs.isEmpty { state.isBeating = false }
                    return Array(state.runs.values)
                }
                guard !runs.isEmpty else { return }
                for run in runs {
                    let effects = run.beat()
                    guard effects.write != nil else { continue }
                    group.addTask {
                        var effects = effects
                        while let write = effects.write { effects = await run.send(write) }
                    }
                }
            }
        }
    }
}

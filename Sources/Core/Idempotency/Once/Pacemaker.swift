import Synchronization

/// Renews the leases of all that runs, with one task for all of them instead of one each.
///
/// It lives while something runs: the first execution starts it, and it ends when it finds nothing left. Its step is a
/// tenth of the shortest lease that it has seen, so that renewals (due at a third) come in time.
final class Pacemaker: Sendable {
    struct State {
        /// Who holds a key, as far as this process knows.
        var holders: [RecordID: Run] = [:]
        /// What was overtaken within this process and still needs its watchdog.
        var overtaken: [ObjectIdentifier: Run] = [:]
        var isBeating = false
        /// In microseconds.
        var step: Int64 = 1_000_000
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
        let step = max(lease.wholeMicroseconds / 10, 5_000)
        let starts = state.withLock { state in
            if let other = state.holders.updateValue(run, forKey: run.request.id), other !== run {
                state.overtaken[ObjectIdentifier(other)] = other
            }
            state.step = min(state.step, step)
            defer { state.isBeating = true }
            return !state.isBeating
        }
        if starts { executions.startUncounted { await self.beat() } }
    }

    /// Lets a run go that has ended.
    func remove(_ run: Run) {
        state.withLock { state in
            if !state.overtaken.isEmpty, state.overtaken.removeValue(forKey: ObjectIdentifier(run)) != nil { return }
            if let index = state.holders.index(forKey: run.request.id), state.holders.values[index] === run {
                state.holders.remove(at: index)
            }
        }
    }

    private func beat() async {
        await withDiscardingTaskGroup { group in
            while true {
                let step = state.withLock { $0.step }
                try? await clock.sleep(until: clock.now + Duration(wholeMicroseconds: step))
                let runs: [Run] = state.withLock { state in
                    if state.holders.isEmpty, state.overtaken.isEmpty { state.isBeating = false }
                    return Array(state.holders.values) + state.overtaken.values
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

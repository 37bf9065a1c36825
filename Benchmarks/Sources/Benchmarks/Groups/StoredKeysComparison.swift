import Idempotency

/// What an operation costs when more and more keys are stored, with expired ones being swept all the time.
struct StoredKeysComparison {
    /// An open store with keys in it.
    struct Filled {
        let store: any OpenedStore.Store
        let keys: StoredKeys
    }

    /// How many operations are under way at once.
    private static let callers = 64
    /// How long the outcomes of executions are kept: less than a round, so that they are swept in it.
    private static let retention: Duration = .milliseconds(200)

    let effort: Effort
    /// What the store is called.
    let name: String
    /// Whether the store leaves expired records to be swept.
    var sweeps = true
    /// Whether the summary tells how the most keys compare with the fewest.
    var isCited = false

    /// Compares stores of one kind that hold more and more keys.
    func run(_ filled: [Filled], into report: inout Report) async throws {
        try await sweepAll(filled)
        let comparison = Comparison(rounds: effort.rounds)
        let executed = await comparison.run(filled.map(executions))
        var table = table("executions", executed)
        if isCited, let first = executed.first, let last = executed.last, executed.count > 1 {
            table.cite(
                Figure.ratio(last.ratio(to: first)),
                for: "\(name), executions with \(last.name) stored keys against \(first.name)")
        }
        report.add(table, of: executed)
        for measurement in executed where sweeps && measurement.sweptPerSecond == 0 {
            report.fail("\(name): nothing was swept at \(measurement.name) stored keys")
        }
        try await sweepAll(filled)
        let replayed = await comparison.run(filled.map(replays))
        report.add(self.table("replays", replayed), of: replayed)
    }

    private func table(_ what: String, _ measurements: [Measurement]) -> Table {
        var table = Table(
            "\(name), \(what) by stored keys, \(Self.callers) at once", "stored keys", "per second", "ratio", "p50",
            "p99", "swept per second")
        for measurement in measurements {
            table.add(
                measurement.name, Figure.whole(measurement.rate),
                Figure.ratio(measurement.ratio(to: measurements[0])), Figure.time(measurement.latency(50)),
                Figure.time(measurement.latency(99)), sweeps ? Figure.whole(measurement.sweptPerSecond) : "–")
        }
        return table
    }

    /// Executions whose outcomes are kept for a moment, so that about as many records go as come.
    private func executions(_ filled: Filled) -> Contender {
        var configuration = Once.Configuration()
        configuration.retention = Self.retention
        let once = Once(store: filled.store, interrupted: .rerun, configuration: configuration)
        let executions = Executions()
        return Contender(name(filled.keys), callers: Self.callers, seconds: effort.localSeconds) { number in
            _ = try await once.perform(try IdempotencyKey("fresh-\(number)"), scope: "bench") { _ in
                executions.add()
                return number
            }
        }.executing(executions).sweeping(filled.store)
    }

    private func replays(_ filled: Filled) -> Contender {
        Contender(name(filled.keys), callers: Self.callers, seconds: effort.localSeconds) { number in
            try await filled.keys.replay(scattered: number, in: filled.store)
        }.sweeping(filled.store)
    }

    /// Removes all that expired until now, or that executions have left: no backlog disturbs what is measured next.
    private func sweepAll(_ filled: [Filled]) async throws {
        try await Task.sleep(for: Self.retention)
        for store in filled { while try await store.store.sweep(limit: 200) == 200 {} }
    }

    private func name(_ keys: StoredKeys) -> String { Figure.whole(Double(keys.count)) }
}

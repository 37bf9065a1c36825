import Foundation
import Idempotency

/// What an operation and a start cost when more and more keys are stored, with expired ones being swept all the time.
struct ScaleGroup {
    /// How many operations are under way at once.
    private static let callers = 64
    /// How long the outcomes of executions are kept: less than a round, so that they are swept in it.
    static let retention: Duration = .milliseconds(200)

    let effort: Effort
    let folder: String
    let stores: [EmbeddedStore]

    func run(into report: inout Report) async throws {
        for kind in stores {
            do {
                try await measure(kind, into: &report)
            } catch {
                report.fail("\(kind.name): \(error)")
            }
        }
    }

    private func measure(_ kind: EmbeddedStore, into report: inout Report) async throws {
        var filled: [FilledStore] = []
        defer { for store in filled { store.remove() } }
        for count in effort.storedKeys {
            do {
                filled.append(try await FilledStore(kind, StoredKeys(count: count), in: folder))
            } catch {
                report.fail("\(kind.name), \(count) keys: \(error)")
            }
        }
        guard !filled.isEmpty else { return }
        try await compare(kind, filled, into: &report)
        try StartMeasurement(effort: effort, folder: folder).measure(kind, filled, into: &report)
    }

    private func compare(_ kind: EmbeddedStore, _ filled: [FilledStore], into report: inout Report) async throws {
        var opened: [OpenedEmbeddedStore] = []
        for store in filled { opened.append(try await store.open()) }
        for store in opened { try await store.sweepAll() }
        let comparison = Comparison(rounds: effort.rounds)
        let executed = await comparison.run(zip(opened, filled).map { executions(in: $0.store, $1.keys) })
        add("\(kind.name), executions by stored keys", executed, to: &report)
        for measurement in executed where measurement.sweptPerSecond == 0 {
            report.fail("\(kind.name): nothing was swept at \(measurement.name) stored keys")
        }
        for store in opened { try await store.sweepAll() }
        let replayed = await comparison.run(zip(opened, filled).map { replays(in: $0.store, $1.keys) })
        add("\(kind.name), replays by stored keys", replayed, to: &report)
        for store in opened { await store.close() }
        guard let first = executed.first, let last = executed.last, executed.count > 1 else { return }
        report.add(
            figure: Figure.ratio(last.ratio(to: first)),
            for: "\(kind.name), executions with \(last.name) stored keys against \(first.name)")
    }

    private func add(_ title: String, _ measurements: [Measurement], to report: inout Report) {
        var table = Table(
            "\(title), \(Self.callers) at once", "stored keys", "per second", "ratio", "p50", "p99",
            "swept per second")
        for measurement in measurements {
            table.add(
                measurement.name, Figure.whole(measurement.rate),
                Figure.ratio(measurement.ratio(to: measurements[0])), Figure.time(measurement.latency(50)),
                Figure.time(measurement.latency(99)), Figure.whole(measurement.sweptPerSecond))
        }
        report.add(table, of: measurements)
    }

    /// Executions whose outcomes are kept for a moment, so that about as many records go as come.
    private func executions(in store: any OpenedEmbeddedStore.Store, _ keys: StoredKeys) -> Contender {
        var configuration = Once.Configuration()
        configuration.retention = Self.retention
        let once = Once(store: store, interrupted: .rerun, configuration: configuration)
        let executions = Executions()
        return Contender(name(keys), callers: Self.callers, seconds: effort.localSeconds) { number in
            _ = try await once.perform(try IdempotencyKey("fresh-\(number)"), scope: "bench") { _ in
                executions.add()
                return number
            }
        }.executing(executions).sweeping(store)
    }

    private func replays(in store: any OpenedEmbeddedStore.Store, _ keys: StoredKeys) -> Contender {
        Contender(name(keys), callers: Self.callers, seconds: effort.localSeconds) { number in
            try await keys.replay(scattered: number, in: store)
        }.sweeping(store)
    }

    private func name(_ keys: StoredKeys) -> String { Figure.whole(Double(keys.count)) }
}

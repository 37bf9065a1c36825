import Foundation
import Idempotency
import Logging

/// What an operation costs when more and more keys are stored, with expired ones being swept all the time.
struct ScaleGroup {
    /// How many operations are under way at once.
    private static let callers = 64

    let effort: Effort
    let folder: String
    let stores: [EmbeddedStore]

    func run(into report: inout Report) async throws {
        for kind in stores { try await measure(kind, into: &report) }
    }

    private func measure(_ kind: EmbeddedStore, into report: inout Report) async throws {
        var opened: [OpenedEmbeddedStore] = []
        for count in effort.storedKeys {
            let store = try await kind.open(in: folder, name: "stored-\(count)")
            try await StoredKeys(count: count).fill(store.store)
            opened.append(store)
        }
        let all = opened
        let (executed, replayed) = try await withThrowingTaskGroup { sweepers in
            for store in all {
                sweepers.addTask { [store = store.store] in await Self.sweep(store) }
            }
            defer { sweepers.cancelAll() }
            let pairs = zip(all, effort.storedKeys)
            let comparison = Comparison(rounds: effort.rounds)
            let executed = try await comparison.run(pairs.map { executions(in: $0.store, stored: $1) })
            let replayed = try await comparison.run(pairs.map { replays(in: $0.store, stored: $1) })
            return (executed, replayed)
        }
        for store in opened { await store.close() }
        let startups = try startup(kind)
        var table = Table(
            "\(kind.name), cost by stored keys, \(Self.callers) at once", "stored keys", "executed /s", "ratio",
            "replayed /s", "ratio", "start-up")
        for index in effort.storedKeys.indices {
            table.add(
                Figure.whole(Double(effort.storedKeys[index])), Figure.whole(executed[index].rate),
                Figure.ratio(executed[index].ratio(to: executed[0])), Figure.whole(replayed[index].rate),
                Figure.ratio(replayed[index].ratio(to: replayed[0])), Figure.time(startups[index]))
        }
        table.note(
            "Executed with a retention of a second and swept all the time; replayed are keys at random among the "
                + "stored ones. Start-up: from the start of `once gateway` to its readiness.")
        report.add(table)
        if let most = effort.storedKeys.indices.last {
            report.add(
                figure: Figure.ratio(executed[most].ratio(to: executed[0])),
                for: "\(kind.name), executions with \(Figure.whole(Double(effort.storedKeys[most]))) stored keys "
                    + "against \(Figure.whole(Double(effort.storedKeys[0])))")
        }
    }

    private func executions(in store: any RecordStore, stored: Int) -> Contender {
        var configuration = Once.Configuration()
        configuration.retention = .seconds(1)
        let once = Once(store: store, interrupted: .rerun, configuration: configuration)
        return Contender(
            "executed", callers: Self.callers, repetitions: max(100, 200 * effort.repetitions)
        ) { number in
            _ = try await once.perform(try IdempotencyKey("fresh-\(number)"), scope: "bench") { _ in number }
        }
    }

    private func replays(in store: any RecordStore, stored: Int) -> Contender {
        let keys = StoredKeys(count: stored)
        return Contender("replayed", callers: Self.callers, repetitions: 200 * effort.repetitions) { number in
            try await keys.replay(scattered: number, in: store)
        }
    }

    private static func sweep(_ store: any OpenedEmbeddedStore.Store) async {
        while !Task.isCancelled {
            _ = try? await store.sweep(limit: 200)
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// The medians of the times, in microseconds.
    private func startup(_ kind: EmbeddedStore) throws -> [Double] {
        var times = effort.storedKeys.map { _ in [Double]() }
        for _ in 0..<effort.rounds {
            for (index, count) in effort.storedKeys.enumerated() {
                let start = ContinuousClock.now
                let gateway = try OnceGateway(
                    store: kind.url(in: folder, name: "stored-\(count)"), upstream: 9, log: folder + "/startup.log")
                times[index].append((ContinuousClock.now - start) / .microseconds(1))
                gateway.stop()
            }
        }
        return times.map { Measurement.median($0) }
    }
}

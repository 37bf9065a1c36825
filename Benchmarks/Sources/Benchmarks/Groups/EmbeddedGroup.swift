import Foundation
import Idempotency

/// The embedded stores against one commit per write on the same disk.
struct EmbeddedGroup {
    let effort: Effort
    let folder: String
    let stores: [EmbeddedStore]

    func run(into report: inout Report) async throws {
        for callers in [1, 8, 64] {
            try await compare(callers: callers, into: &report)
        }
    }

    private func compare(callers: Int, into report: inout Report) async throws {
        let single = try OneCommitPerWrite(path: folder + "/single-\(callers).db")
        let repetitions = max(1000 * effort.repetitions / callers, 30)
        var contenders = [
            Contender("SQLite, one commit per write", callers: callers, repetitions: repetitions) { number in
                let id = RecordID(scope: "bench", key: try IdempotencyKey("single-\(number)"))
                try await single.execute(id.digest.bytes, outcome: Array("{\"receipt\":1}".utf8))
            }
        ]
        var opened: [OpenedEmbeddedStore] = []
        for kind in stores {
            let store = try await kind.open(in: folder, name: "callers-\(callers)")
            opened.append(store)
            let once = Once(store: store.store, interrupted: .rerun)
            _ = try await once.perform(try IdempotencyKey("replay"), scope: "bench") { _ in 1 }
            contenders.append(
                Contender("\(kind.name), executed", callers: callers, repetitions: repetitions) { number in
                    _ = try await once.perform(try IdempotencyKey("fresh-\(number)"), scope: "bench") { _ in number }
                })
            contenders.append(
                Contender("\(kind.name), replayed", callers: callers, repetitions: repetitions * 4) { _ in
                    _ = try await once.perform(try IdempotencyKey("replay"), scope: "bench") { _ in 1 }
                })
        }
        let measurements = try await Comparison(rounds: effort.rounds).run(contenders)
        for store in opened { await store.close() }
        var table = Table(
            "Embedded stores, \(callers) at once", "claim, run, complete; every write synced", "per second", "ratio",
            "p50", "p99")
        for measurement in measurements {
            table.add(
                measurement.name, Figure.whole(measurement.rate),
                Figure.ratio(measurement.ratio(to: measurements[0])), Figure.time(measurement.latency(50)),
                Figure.time(measurement.latency(99)))
        }
        report.add(table)
        guard callers == 64 else { return }
        for (kind, measurement) in zip(stores, measurements.dropFirst().enumerated().filter { $0.0 % 2 == 0 }.map(\.1))
        {
            report.add(
                figure: Figure.ratio(measurement.ratio(to: measurements[0])) + " ×",
                for: "\(kind.name), 64 callers, against one commit per write")
        }
    }
}

import Foundation
import Idempotency

/// The embedded stores against one commit per write on the same disk.
struct EmbeddedGroup {
    let effort: Effort
    let folder: String
    let stores: [EmbeddedStore]

    func run(into report: inout Report) async throws {
        for callers in effort.callers {
            try await compare(callers: callers, into: &report)
        }
    }

    private func compare(callers: Int, into report: inout Report) async throws {
        let single = try OneCommitPerWrite(path: folder + "/single-\(callers).db")
        var contenders = [
            Contender("SQLite, one commit per write", callers: callers, seconds: effort.localSeconds) { number in
                let id = RecordID(scope: "bench", key: try IdempotencyKey("single-\(number)"))
                try await single.execute(id.digest.bytes, outcome: Array("{\"receipt\":1}".utf8))
            }
        ]
        var opened: [OpenedStore] = []
        for kind in stores {
            let store = try await kind.open(in: folder, name: "callers-\(callers)")
            opened.append(store)
            contenders += try await self.contenders(kind, store, callers: callers)
        }
        let measurements = await Comparison(rounds: effort.rounds).run(contenders)
        for store in opened { await store.close() }
        var table = Table(
            "Embedded stores, \(callers) at once", of: "claim, run, complete; every write synced", measurements)
        for measurement in measurements.dropFirst() where callers == 64 && measurement.name.hasSuffix("executed") {
            table.cite(
                Figure.ratio(measurement.ratio(to: measurements[0])) + " ×",
                for: "\(measurement.name.split(separator: ",")[0]), 64 callers, against one commit per write")
        }
        report.add(table, of: measurements)
    }

    private func contenders(
        _ kind: EmbeddedStore, _ store: OpenedStore, callers: Int
    ) async throws -> [Contender] {
        let once = Once(store: store.store, interrupted: .rerun)
        _ = try await once.perform(try IdempotencyKey("replay"), scope: "bench") { _ in 1 }
        let executions = Executions()
        return [
            Contender("\(kind.name), executed", callers: callers, seconds: effort.localSeconds) { number in
                _ = try await once.perform(try IdempotencyKey("fresh-\(number)"), scope: "bench") { _ in
                    executions.add()
                    return number
                }
            }.executing(executions),
            Contender("\(kind.name), replayed", callers: callers, seconds: effort.localSeconds) { _ in
                _ = try await once.perform(try IdempotencyKey("replay"), scope: "bench") { _ -> Int in
                    try Executions.unexpected()
                }
            },
        ]
    }
}

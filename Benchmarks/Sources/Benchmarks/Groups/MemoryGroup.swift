import CAllocations
import Idempotency

/// A result that takes a JSON encoder, which an integer does not.
private struct Receipt: Codable, Sendable {
    var id: String
    var amount: Int
    var accepted: Bool
}

/// `perform` where the store costs next to nothing: what the protocol itself costs.
struct MemoryGroup {
    let effort: Effort

    func run(into report: inout Report) async throws {
        let measurements = await Comparison(rounds: effort.rounds).run(try await contenders())
        var table = Table(
            "`perform` over the memory store", "one caller", "each", "ratio", "p50", "p99", "allocations")
        for measurement in measurements {
            table.add(
                measurement.name, Figure.time(1_000_000 / measurement.rate),
                Figure.ratio(measurement.ratio(to: measurements[0])), Figure.time(measurement.latency(50)),
                Figure.time(measurement.latency(99)),
                allocations_are_counted() == 1 ? Figure.tenths(measurement.allocationsPerOperation) : "–")
        }
        table.cite(
            Figure.time(1_000_000 / measurements[1].rate), for: "`perform` over the memory store, first execution")
        report.add(table, of: measurements)
    }

    private func contenders() async throws -> [Contender] {
        let once = Once(store: MemoryStore(), interrupted: .rerun)
        let cached = Once(store: CachedStore(MemoryStore()), interrupted: .rerun)
        for once in [once, cached] {
            _ = try await once.perform(try IdempotencyKey("replay"), scope: "bench") { _ in 1 }
        }
        _ = try await once.perform(try IdempotencyKey("replayed struct"), scope: "bench") { _ in
            Receipt(id: "r-1", amount: 1, accepted: true)
        }
        let seconds = effort.localSeconds
        return [
            Contender("task started and awaited", callers: 1, seconds: seconds) { number in
                _ = await Task { number }.value
            },
            fresh("fresh key", once) { $0 },
            Contender("replay", callers: 1, seconds: seconds) { _ in
                _ = try await once.perform(try IdempotencyKey("replay"), scope: "bench") { _ -> Int in
                    try Executions.unexpected()
                }
            },
            fresh("fresh key, a struct", once) { Receipt(id: "r-1", amount: $0, accepted: true) },
            Contender("replay, a struct", callers: 1, seconds: seconds) { _ in
                _ = try await once.perform(try IdempotencyKey("replayed struct"), scope: "bench") { _ -> Receipt in
                    try Executions.unexpected()
                }
            },
            Contender("replay from the cache", callers: 1, seconds: seconds) { _ in
                _ = try await cached.perform(try IdempotencyKey("replay"), scope: "bench") { _ -> Int in
                    try Executions.unexpected()
                }
            },
        ]
    }

    private func fresh<Value: Codable & Sendable>(
        _ name: String, _ once: Once, _ result: @escaping @Sendable (Int) -> Value
    ) -> Contender {
        let executions = Executions()
        return Contender(name, callers: 1, seconds: effort.localSeconds) { number in
            _ = try await once.perform(try IdempotencyKey("\(name)-\(number)"), scope: "bench") { _ in
                executions.add()
                return result(number)
            }
        }.executing(executions)
    }
}

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
        let once = Once(store: MemoryStore(), interrupted: .rerun)
        let cached = Once(store: CachedStore(MemoryStore()), interrupted: .rerun)
        let repetitions = 20_000 * effort.repetitions
        let contenders = [
            Contender("task started and awaited", callers: 1, repetitions: repetitions) { number in
                _ = await Task { number }.value
            },
            Contender("fresh key", callers: 1, repetitions: repetitions) { number in
                _ = try await once.perform(try IdempotencyKey("fresh-\(number)"), scope: "bench") { _ in number }
            },
            Contender("replay", callers: 1, repetitions: repetitions) { _ in
                _ = try await once.perform(try IdempotencyKey("replay"), scope: "bench") { _ in 1 }
            },
            Contender("fresh key, a struct", callers: 1, repetitions: repetitions) { number in
                _ = try await once.perform(try IdempotencyKey("struct-\(number)"), scope: "bench") { _ in
                    Receipt(id: "r-1", amount: number, accepted: true)
                }
            },
            Contender("replay, a struct", callers: 1, repetitions: repetitions) { _ in
                _ = try await once.perform(try IdempotencyKey("replayed struct"), scope: "bench") { _ in
                    Receipt(id: "r-1", amount: 1, accepted: true)
                }
            },
            Contender("replay from the cache", callers: 1, repetitions: repetitions) { _ in
                _ = try await cached.perform(try IdempotencyKey("replay"), scope: "bench") { _ in 1 }
            },
        ]
        let measurements = try await Comparison(rounds: effort.rounds).run(contenders)
        var table = Table(
            "`perform` over the memory store", "one caller", "each", "ratio", "p50", "p99", "allocations")
        for measurement in measurements {
            table.add(
                measurement.name, Figure.time(1_000_000 / measurement.rate),
                Figure.ratio(measurement.ratio(to: measurements[0])), Figure.time(measurement.latency(50)),
                Figure.time(measurement.latency(99)),
                allocations_are_counted() == 1 ? Figure.tenths(measurement.allocationsPerOperation) : "–")
        }
        report.add(table)
        report.add(
            figure: Figure.time(1_000_000 / measurements[1].rate),
            for: "`perform` over the memory store, first execution")
    }
}

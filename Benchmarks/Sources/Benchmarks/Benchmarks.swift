import Foundation
import Idempotency
import IdempotencySQLite
import Logging

/// Everything that is claimed about speed, as medians and ratios measured side by side in one run.
@main enum Benchmarks {
    static func main() async throws {
        let folder = NSTemporaryDirectory() + "once-benchmarks-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let comparison = Comparison(rounds: 7)
        Report.print("perform over the memory store", try await comparison.run(memory()))
        let store = try await SQLiteStore.open(folder + "/once.db", logger: Logger(label: "benchmarks"))
        let single = try OneCommitPerWrite(path: folder + "/single.db")
        for callers in [1, 8, 64] {
            let rows = try await comparison.run(sqlite(store, single, callers: callers))
            Report.print("SQLite, \(callers) at once, synchronous=FULL", rows)
        }
        await store.close()
    }

    private static func memory() -> [Benchmark] {
        let once = Once(store: MemoryStore(), interrupted: .rerun)
        return [
            Benchmark(name: "task started and awaited", callers: 1, repetitions: 20_000) { number in
                _ = await Task { number }.value
            },
            Benchmark(name: "fresh key", callers: 1, repetitions: 20_000) { number in
                _ = try await once.perform(try IdempotencyKey("fresh-\(number)"), scope: "bench") { _ in number }
            },
            Benchmark(name: "replay", callers: 1, repetitions: 20_000) { _ in
                _ = try await once.perform(try IdempotencyKey("replay"), scope: "bench") { _ in 1 }
            },
        ]
    }

    private static func sqlite(_ store: SQLiteStore, _ single: OneCommitPerWrite, callers: Int) -> [Benchmark] {
        let once = Once(store: store, interrupted: .rerun)
        let repetitions = max(2000 / callers, 30)
        return [
            Benchmark(name: "one commit per write", callers: callers, repetitions: repetitions) { number in
                let id = RecordID(scope: "bench", key: try IdempotencyKey("single-\(callers)-\(number)"))
                try await single.execute(id.digest.bytes, outcome: Array("{\"receipt\":1}".utf8))
            },
            Benchmark(name: "executed (claim, run, complete)", callers: callers, repetitions: repetitions) { number in
                _ = try await once.perform(try IdempotencyKey("fresh-\(callers)-\(number)"), scope: "bench") { _ in
                    number
                }
            },
            Benchmark(name: "replayed", callers: callers, repetitions: repetitions) { _ in
                _ = try await once.perform(try IdempotencyKey("replay"), scope: "bench") { _ in 1 }
            },
        ]
    }
}

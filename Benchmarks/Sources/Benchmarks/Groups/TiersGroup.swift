import Foundation
import Idempotency
import IdempotencyTiered
import Logging

/// Redis in front of PostgreSQL against the same PostgreSQL alone. The Redis of the front waits for no disk for longer
/// than a second, as a front may.
struct TiersGroup {
    let effort: Effort
    let folder: String

    func run(into report: inout Report) async throws {
        try await compare("Redis in front of PostgreSQL", commitDelay: 0, into: &report)
        // As on a disk over a network, or with a standby that is waited for.
        try await compare("Redis in front of PostgreSQL, commits of 5 ms", commitDelay: 5000, into: &report)
    }

    private func compare(_ what: String, commitDelay: Int, into report: inout Report) async throws {
        let folder = "\(folder)/\(commitDelay)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let postgres = try PostgresServer(in: folder, commitDelay: commitDelay)
        defer { postgres.stop() }
        let redis = try RedisServer(.everysec, in: folder)
        defer { redis.stop() }
        let alone = try await postgres.open("alone")
        let front = try await redis.open()
        let base = try await postgres.open("tiers")
        let tiers = TieredStore(
            front: front, base: base, logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() }))
        var executed = PairTable(
            "\(what), executed operations", "callers", yardstick: "PostgreSQL alone",
            measured: "with Redis in front")
        var replayed = PairTable(
            "\(what), replays", "callers", yardstick: "PostgreSQL alone",
            measured: "with Redis in front")
        for callers in Effort.callers {
            let plain = try await MeasuredOnce(alone, callers: callers, effort: effort)
            let once = try await MeasuredOnce(tiers, callers: callers, effort: effort)
            let measurements = await Comparison(rounds: effort.rounds).run([
                plain.executed("alone, executed, \(callers) callers"),
                once.executed("tiers, executed, \(callers) callers"),
                plain.replayed("alone, replayed, \(callers) callers"),
                once.replayed("tiers, replayed, \(callers) callers"),
            ])
            executed.add("\(callers)", measurements[0], measurements[1])
            replayed.add("\(callers)", measurements[2], measurements[3])
        }
        for store in [alone, base] { await store.close() }
        await front.close()
        report.add(executed.citing("\(what), executed operations", "PostgreSQL alone"), of: executed.measurements)
        report.add(replayed.citing("\(what), replays", "PostgreSQL alone"), of: replayed.measurements)
    }
}

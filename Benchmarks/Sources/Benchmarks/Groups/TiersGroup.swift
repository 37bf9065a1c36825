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
        try await StoreAgainstStore(what: what, names: ("PostgreSQL alone", "with Redis in front"), effort: effort)
            .run(alone, tiers, into: &report)
        for store in [alone, base] { await store.close() }
        await front.close()
    }
}

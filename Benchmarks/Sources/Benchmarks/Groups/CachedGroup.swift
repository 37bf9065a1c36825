import Idempotency

/// Replays that a cache in this process answers, against those that go to the server.
struct CachedGroup {
    let effort: Effort
    let folder: String

    func run(into report: inout Report) async throws {
        let postgres = try PostgresServer(in: folder)
        defer { postgres.stop() }
        let records = try await postgres.open("cached")
        try await compare("PostgreSQL", records, isCited: true, into: &report)
        await records.close()
        let redis = try RedisServer(.always, in: folder)
        defer { redis.stop() }
        let store = try await redis.open()
        try await compare("Redis", store, into: &report)
        await store.close()
    }

    private func compare(
        _ name: String, _ store: any RecordStore, isCited: Bool = false, into report: inout Report
    ) async throws {
        var pairs = PairTable(
            "\(name), replays through the cache", "callers", yardstick: "from the server", measured: "from the cache")
        for callers in effort.callers {
            let plain = try await MeasuredOnce(store, callers: callers, effort: effort)
            let cache = CachedStore(store)
            let cached = try await MeasuredOnce(cache, callers: callers, effort: effort)
            let measurements = await Comparison(rounds: effort.rounds).run([
                plain.replayed("from the server, \(callers) callers"),
                cached.replayed("from the cache, \(callers) callers"),
            ])
            let statistics = cache.statistics
            guard statistics.hits > statistics.misses else {
                throw BenchmarkError("\(name): the cache answered \(statistics.hits), \(statistics.misses) it did not")
            }
            pairs.add("\(callers)", measurements[0], measurements[1])
        }
        var table = pairs.table
        for pair in pairs.pairs.prefix(isCited ? 1 : 0) {
            table.cite(
                Figure.time(pair.yardstick.latency(50)) + " → " + Figure.time(pair.measured.latency(50)),
                for: "a replay over \(name), one caller, without → with the cache, p50")
        }
        report.add(table, of: pairs.measurements)
    }
}

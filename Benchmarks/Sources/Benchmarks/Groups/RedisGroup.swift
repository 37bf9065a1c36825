import Foundation
import Idempotency
import IdempotencyRedis

/// The Redis store against redis-benchmark with `SET NX`, on one server.
struct RedisGroup {
    let effort: Effort
    let folder: String

    func run(into report: inout Report) async throws {
        for sync in [RedisServer.Sync.always, .everysec] {
            let server = try RedisServer(sync, in: folder)
            defer { server.stop() }
            try await compare(server, sync, into: &report)
        }
    }

    private func compare(_ server: RedisServer, _ sync: RedisServer.Sync, into report: inout Report) async throws {
        let store = try await server.open()
        var exchanges = Table(
            "Redis, appendfsync \(sync.rawValue), exchanges against redis-benchmark", "callers", "SET NX, one by one",
            "SET NX, pipelined", "exchanges", "p50", "p99", "ratio", "ratio to pipelined")
        var operations = Table(
            "Redis, appendfsync \(sync.rawValue), operations against redis-benchmark", "callers", "executed", "p50",
            "p99", "ratio to SET NX", "replayed", "p50", "p99", "ratio to SET NX")
        var all: [Measurement] = []
        for callers in effort.callers {
            let once = try await MeasuredOnce(store, callers: callers, effort: effort)
            let found = await Comparison(rounds: effort.rounds).run([
                yardstick(server, connections: callers), yardstick(server, connections: 1, pipelined: callers),
                claims(store, callers: callers), once.executed("store, executed, \(callers) callers"),
                once.replayed("store, replayed, \(callers) callers"),
            ])
            all += found
            exchanges.add(
                "\(callers)", Figure.whole(found[0].rate), Figure.whole(found[1].rate), Figure.whole(found[2].rate),
                Figure.time(found[2].latency(50)), Figure.time(found[2].latency(99)),
                Figure.ratio(found[2].ratio(to: found[0])), Figure.ratio(found[2].ratio(to: found[1])))
            operations.add(
                "\(callers)", Figure.whole(found[3].rate), Figure.time(found[3].latency(50)),
                Figure.time(found[3].latency(99)), Figure.ratio(found[3].ratio(to: found[0])),
                Figure.whole(found[4].rate), Figure.time(found[4].latency(50)), Figure.time(found[4].latency(99)),
                Figure.ratio(found[4].ratio(to: found[0])))
            guard sync == .everysec, callers == effort.callers.last else { continue }
            exchanges.cite(
                Figure.ratio(found[2].ratio(to: found[0])),
                for: "Redis, appendfsync \(sync.rawValue), exchanges of \(callers) callers against SET NX one by one")
        }
        await store.close()
        report.add(exchanges, of: all)
        report.add(operations)
    }

    private func yardstick(_ server: RedisServer, connections: Int, pipelined: Int = 1) -> Contender {
        let value = String(repeating: "x", count: 200)
        let key = "bench:" + String(repeating: "__rand_int__", count: 5)
        let calibrated = Calibrated(seconds: Double(effort.seconds))
        return Contender("SET NX, \(connections) connections, \(pipelined) at once on each") {
            try calibrated.run { requests in
                try server.bench(
                    ["SET", key, value, "NX"], connections: connections, pipelined: pipelined, requests: requests)
            }
        }
    }

    /// A new key is claimed: one exchange.
    private func claims(_ store: RedisStore, callers: Int) -> Contender {
        Contender("claims, \(callers) callers", callers: callers, seconds: Double(effort.seconds)) { number in
            let id = RecordID(scope: "bench", key: try IdempotencyKey("claim-\(callers)-\(number)"))
            let reply = try await store.exchange(Exchange(id, expecting: .vacant, next: StoredKeys.claim(number)))
            guard case .stored = reply else { throw BenchmarkError("a new key is there already") }
        }
    }
}

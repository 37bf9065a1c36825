import Foundation
import Idempotency

/// The PostgreSQL store against pgbench with the statements that anybody would write, on one server.
struct PostgresGroup {
    let effort: Effort
    let folder: String

    func run(into report: inout Report) async throws {
        let server = try PostgresServer(in: folder)
        defer { server.stop() }
        let scripts = folder + "/pgbench"
        try FileManager.default.createDirectory(atPath: scripts, withIntermediateDirectories: true)
        let yardstick = try Yardstick(server, folder: scripts)
        let store = try await server.open("rates")
        var executed = PairTable(
            "PostgreSQL, executed operations against pgbench", "callers", yardstick: "INSERT, UPDATE",
            measured: "store")
        var replayed = PairTable(
            "PostgreSQL, replays against pgbench", "callers", yardstick: "SELECT", measured: "store")
        for callers in effort.callers {
            let once = try await MeasuredOnce(store, callers: callers, effort: effort)
            let measurements = await Comparison(rounds: effort.rounds).run([
                yardstick.execute(callers: callers, seconds: effort.seconds),
                once.executed("store, executed, \(callers) callers"),
                yardstick.look(callers: callers, seconds: effort.seconds),
                once.replayed("store, replayed, \(callers) callers"),
            ])
            executed.add("\(callers)", measurements[0], measurements[1])
            replayed.add("\(callers)", measurements[2], measurements[3])
        }
        await store.close()
        report.add(executed.citing("PostgreSQL, executed operations", "pgbench"), of: executed.measurements)
        report.add(replayed.table, of: replayed.measurements)
    }
}

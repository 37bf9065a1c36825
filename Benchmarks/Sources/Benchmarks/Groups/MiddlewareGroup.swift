import Foundation

/// A Hummingbird service with the middleware against the same service bare.
struct MiddlewareGroup {
    let effort: Effort
    let folder: String

    func run(into report: inout Report) async throws {
        let load = try Load(folder: folder)
        let (bare, guarded) = (try Ports.free(), try Ports.free())
        let executable = try Executables.built("bench-service")
        let servers = [
            try ServerProcess(executable, ["\(bare)"], log: folder + "/bare.log", ready: nil),
            try ServerProcess(
                executable, ["\(guarded)", folder + "/middleware.db"], log: folder + "/guarded.log", ready: nil),
        ]
        defer { for server in servers { server.stop() } }
        for port in [bare, guarded] { try Ports.waitForListener(on: port) }
        for connections in effort.connections {
            let measurements = try await Comparison(rounds: effort.rounds).run([
                contender("bare", bare, .fresh, connections, load),
                contender("with the middleware, fresh keys", guarded, .fresh, connections, load),
                contender("with the middleware, replays", guarded, .replayed, connections, load),
            ])
            var table = Table(
                "Hummingbird service, \(connections) connections", "SQLite store", "per second", "ratio", "p50", "p99")
            for measurement in measurements {
                table.add(
                    measurement.name, Figure.whole(measurement.rate),
                    Figure.ratio(measurement.ratio(to: measurements[0])), Figure.time(measurement.latency(50)),
                    Figure.time(measurement.latency(99)))
            }
            report.add(table)
        }
    }

    private func contender(
        _ name: String, _ port: Int, _ keys: Load.Keys, _ connections: Int, _ load: Load
    ) -> Contender {
        let runs = RunCounter()
        return Contender(name) {
            try load.run(
                port: port, connections: connections, seconds: effort.seconds, keys: keys,
                run: keys == .fresh ? "\(connections)-\(runs.next())" : "replays")
        }
    }
}

/// Counts runs, so that no two of them share keys.
private final class RunCounter {
    private var count = 0

    func next() -> Int {
        count += 1
        return count
    }
}

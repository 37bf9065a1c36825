/// The gateway against nginx as a plain proxy, all at the same moderate rate: what the gateway adds to the time of a
/// request.
struct LatencyGroup {
    private static let connections = 32
    /// How many milliseconds a connection rests after each answer.
    private static let pause = 32

    let effort: Effort
    let folder: String
    let stores: [GatewayStore]

    func run(into report: inout Report) async throws {
        let servers = try GatewayServers(stores, folder: folder, report: &report)
        defer { servers.stop() }
        let contenders = servers.contenders(
            connections: Self.connections, seconds: effort.seconds, pause: Self.pause)
        let measurements = await Comparison(rounds: effort.rounds).run(contenders)
        var table = Table(
            "Gateway, added time at about 1,000 requests a second",
            "\(Self.connections) connections, \(Self.pause) ms apart", "per second", "p50", "added", "p99", "added")
        let plain = measurements[0]
        for measurement in measurements {
            let (median, worst) = (measurement.latency(50), measurement.latency(99))
            table.add(
                measurement.name, Figure.whole(measurement.rate), Figure.time(median),
                Figure.time(median - plain.latency(50)), Figure.time(worst), Figure.time(worst - plain.latency(99)))
        }
        report.add(table, of: measurements)
    }
}

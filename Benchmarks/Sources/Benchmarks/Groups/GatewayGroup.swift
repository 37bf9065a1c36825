/// The gateway against nginx as a plain proxy, both in front of the same upstream, all as fast as the machine goes.
struct GatewayGroup {
    let effort: Effort
    let folder: String
    let stores: [GatewayStore]

    func run(into report: inout Report) async throws {
        let servers = try GatewayServers(stores, folder: folder, report: &report)
        defer { servers.stop() }
        for connections in effort.connections {
            await compare(servers, connections: connections, into: &report)
        }
        var memory = MemoryTable("Gateway, memory")
        for gateway in servers.gateways { memory.add(gateway.name, gateway.memoryAtStart) { gateway.memory } }
        report.add(memory.afterRest())
    }

    private func compare(_ servers: GatewayServers, connections: Int, into report: inout Report) async {
        let contenders = servers.contenders(connections: connections, seconds: effort.seconds)
        let measurements = await Comparison(rounds: effort.rounds).run(contenders)
        var table = Table("Gateway, \(Effort.connections(connections))", of: "as fast as they go", measurements)
        for measurement in measurements.dropFirst() where connections == effort.citedConnections {
            table.cite(
                Figure.ratio(measurement.ratio(to: measurements[0])),
                for: "gateway over \(measurement.name), \(connections) connections, against plain nginx")
        }
        report.add(table, of: measurements)
    }
}

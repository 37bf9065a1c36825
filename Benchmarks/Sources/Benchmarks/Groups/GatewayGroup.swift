import Foundation

/// The gateway against nginx as a plain proxy, both in front of the same upstream.
struct GatewayGroup {
    let effort: Effort
    let folder: String
    let stores: [GatewayStore]

    func run(into report: inout Report) async throws {
        let upstream = try Nginx.upstream(in: folder)
        let proxy = try Nginx.proxy(to: upstream.port, in: folder)
        defer {
            proxy.stop()
            upstream.stop()
        }
        let load = try Load(folder: folder)
        var gateways: [MeasuredGateway] = []
        defer { for gateway in gateways { gateway.stop() } }
        for store in stores {
            let gateway = try MeasuredGateway(store, upstream: upstream.port, load: load, folder: folder)
            try gateway.prepareReplays()
            gateways.append(gateway)
        }
        for connections in effort.connections {
            try await compare(gateways, proxy, load, connections: connections, into: &report)
        }
        if effort.connections.count > 1 { try await compareAtEase(gateways, proxy, load, into: &report) }
        addMemory(of: gateways, to: &report)
    }

    /// All as fast as the machine goes.
    private func compare(
        _ gateways: [MeasuredGateway], _ proxy: Nginx, _ load: Load, connections: Int, into report: inout Report
    ) async throws {
        var contenders = [plain(proxy, load, connections: connections)]
        for gateway in gateways {
            for keys in [Load.Keys.fresh, .replayed] {
                contenders.append(gateway.contender(keys, connections: connections, seconds: effort.seconds))
            }
        }
        let measurements = try await Comparison(rounds: effort.rounds).run(contenders)
        var table = Table(
            "Gateway, \(connections) connections", "as fast as they go", "per second", "ratio", "p50", "p99")
        for measurement in measurements {
            table.add(
                measurement.name, Figure.whole(measurement.rate),
                Figure.ratio(measurement.ratio(to: measurements[0])), Figure.time(measurement.latency(50)),
                Figure.time(measurement.latency(99)))
        }
        report.add(table)
        guard connections == effort.connections.last else { return }
        for measurement in measurements.dropFirst() {
            report.add(
                figure: Figure.ratio(measurement.ratio(to: measurements[0])),
                for: "\(measurement.name), \(connections) connections, against plain nginx")
        }
    }

    /// All at the same moderate rate: what the gateway adds to the time of a request.
    private func compareAtEase(
        _ gateways: [MeasuredGateway], _ proxy: Nginx, _ load: Load, into report: inout Report
    ) async throws {
        let (connections, pause) = (32, 32)
        var contenders = [plain(proxy, load, connections: connections, pause: pause)]
        for gateway in gateways {
            for keys in [Load.Keys.fresh, .replayed] {
                contenders.append(
                    gateway.contender(keys, connections: connections, seconds: effort.seconds, pause: pause))
            }
        }
        let measurements = try await Comparison(rounds: effort.rounds).run(contenders)
        var table = Table(
            "Gateway, added time at about 1,000 requests a second", "\(connections) connections, \(pause) ms apart",
            "per second", "p50", "added", "p99", "added")
        for measurement in measurements {
            let (median, worst) = (measurement.latency(50), measurement.latency(99))
            table.add(
                measurement.name, Figure.whole(measurement.rate), Figure.time(median),
                Figure.time(median - measurements[0].latency(50)), Figure.time(worst),
                Figure.time(worst - measurements[0].latency(99)))
        }
        report.add(table)
    }

    private func plain(_ proxy: Nginx, _ load: Load, connections: Int, pause: Int = 0) -> Contender {
        Contender("plain nginx") {
            try load.run(
                port: proxy.port, connections: connections, seconds: effort.seconds, keys: .fresh, run: "plain",
                pause: pause)
        }
    }

    private func addMemory(of gateways: [MeasuredGateway], to report: inout Report) {
        var table = Table("Gateway, memory", "resident", "before any request", "most under load", "after it")
        for gateway in gateways {
            let (now, peak) = gateway.memory
            table.add(gateway.name, Figure.size(gateway.memoryAtStart), Figure.size(peak), Figure.size(now))
        }
        report.add(table)
    }
}

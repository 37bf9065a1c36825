import Foundation

/// How long the gateway takes to start on a store with many keys, and what memory it holds under load on it.
struct StartMeasurement {
    private static let connections = 64

    let effort: Effort
    let folder: String

    func measure(_ kind: EmbeddedStore, _ filled: [FilledStore], into report: inout Report) throws {
        let starts = try starts(filled)
        var table = Table(
            "\(kind.name), start by stored keys", "stored keys", "on disk", "until ready", "ratio",
            "resident when ready")
        for (store, start) in zip(filled, starts) {
            table.add(
                Figure.whole(Double(store.keys.count)), Figure.size(store.size), Figure.time(start.time),
                Figure.ratio(start.time / starts[0].time), Figure.size(start.memory))
        }
        table.note(
            "From the start of the process `once gateway` to its word that it is ready; its predecessor was stopped by "
                + "SIGTERM. Median of \(effort.rounds).")
        report.add(table)
        try measureMemory(kind, filled, into: &report)
    }

    private func starts(_ filled: [FilledStore]) throws -> [(time: Double, memory: Int)] {
        var times = filled.map { _ in [Double]() }
        var memory = filled.map { _ in [Double]() }
        for round in 0...effort.rounds {
            for (index, store) in filled.enumerated() {
                let start = ContinuousClock.now
                let gateway = try OnceGateway(store: store.url, upstream: 9, log: folder + "/start.log")
                let time = (ContinuousClock.now - start) / .microseconds(1)
                if round > 0 {
                    times[index].append(time)
                    memory[index].append(Double(gateway.memory.now))
                }
                gateway.stop()
            }
        }
        return zip(times, memory).map { (Measurement.median($0), Int(Measurement.median($1))) }
    }

    /// Loads the gateway on each of them with fresh keys, then with replays.
    private func measureMemory(_ kind: EmbeddedStore, _ filled: [FilledStore], into report: inout Report) throws {
        let upstream = try Nginx.upstream(in: folder)
        defer { upstream.stop() }
        let load = try Load(folder: folder)
        var gateways: [MeasuredGateway] = []
        defer { for gateway in gateways { gateway.stop() } }
        var table = MemoryTable("\(kind.name), the gateway's memory by stored keys")
        for store in filled {
            let name = Figure.whole(Double(store.keys.count))
            let gateway = try MeasuredGateway(
                GatewayStore(name: name, url: store.url), upstream: upstream.port, load: load, folder: folder)
            gateways.append(gateway)
            try gateway.prepareReplays()
            for keys in [Load.Keys.fresh, .replayed] {
                try gateway.measure(keys, connections: Self.connections, seconds: effort.seconds)
            }
            table.add(name, gateway.memoryAtStart) { gateway.memory }
        }
        report.add(table.afterRest())
    }
}

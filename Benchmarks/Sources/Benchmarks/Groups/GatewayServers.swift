/// An upstream, nginx in front of it, and a gateway for each store in front of it.
struct GatewayServers {
    let gateways: [MeasuredGateway]
    private let upstream: Nginx
    private let proxy: Nginx
    private let load: Load

    /// Starts them. A gateway that does not start is told to the report; the others are measured without it.
    init(_ stores: [GatewayStore], folder: String, report: inout Report) throws {
        load = try Load(folder: folder)
        upstream = try Nginx.upstream(in: folder)
        proxy = try Nginx.proxy(to: upstream.port, in: folder)
        var gateways: [MeasuredGateway] = []
        for store in stores {
            do {
                let gateway = try MeasuredGateway(store, upstream: upstream.port, load: load, folder: folder)
                try gateway.prepareReplays()
                gateways.append(gateway)
            } catch {
                report.fail("\(store.name): \(error)")
            }
        }
        self.gateways = gateways
    }

    /// Plain nginx, then every gateway with fresh keys and with replays.
    func contenders(connections: Int, seconds: Int, pause: Int = 0) -> [Contender] {
        let (load, proxy) = (load, proxy)
        let plain = Contender("plain nginx") {
            try load.run(
                port: proxy.port, connections: connections, seconds: seconds, keys: .fresh, run: "plain", pause: pause)
        }
        return [plain]
            + gateways.flatMap { gateway in
                [Load.Keys.fresh, .replayed].map { keys in
                    gateway.contender(keys, connections: connections, seconds: seconds, pause: pause)
                }
            }
    }

    func stop() {
        for gateway in gateways { gateway.stop() }
        proxy.stop()
        upstream.stop()
    }
}

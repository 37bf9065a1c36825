/// A Hummingbird service with the middleware, and the same service behind the gateway, against the same service bare.
struct MiddlewareGroup {
    let effort: Effort
    let folder: String

    private struct Servers {
        let bare: MeasuredService
        let guarded: MeasuredService
        let proxy: Nginx
        let gateway: OnceGateway

        func stop() {
            gateway.stop()
            proxy.stop()
            guarded.stop()
            bare.stop()
        }
    }

    func run(into report: inout Report) async throws {
        let load = try Load(folder: folder)
        let servers = try start(load)
        defer { servers.stop() }
        var memory = MemoryTable("Hummingbird service, memory")
        memory.add("bare", servers.bare.memoryAtStart) { servers.bare.memory }
        memory.add("with the middleware", servers.guarded.memoryAtStart) { servers.guarded.memory }
        let atStart = servers.gateway.memory.now
        memory.add("the gateway", atStart) { servers.gateway.memory }
        for port in [servers.guarded.port, servers.gateway.port] { try load.useReplayedKeys(port: port) }
        for connections in effort.connections {
            await compare(servers, connections: connections, into: &report)
        }
        report.add(memory.afterRest())
    }

    private func start(_ load: Load) throws -> Servers {
        let bare = try MeasuredService(database: nil, load: load, log: folder + "/bare.log")
        let guarded = try MeasuredService(
            database: folder + "/middleware.db", load: load, log: folder + "/guarded.log")
        let proxy = try Nginx.proxy(to: bare.port, in: folder)
        let gateway = try OnceGateway(
            store: EmbeddedStore.sqlite.url(in: folder, name: "service"), upstream: bare.port,
            log: folder + "/service-gateway.log")
        return Servers(bare: bare, guarded: guarded, proxy: proxy, gateway: gateway)
    }

    private func compare(_ servers: Servers, connections: Int, into report: inout Report) async {
        let (bare, guarded, gateway) = (servers.bare, servers.guarded, servers.gateway.port)
        func contender(
            _ name: String, _ service: MeasuredService, _ port: Int, _ keys: Load.Keys = .fresh, executes: Bool = true
        ) -> Contender {
            service.contender(
                name, port: port, keys: keys, executes: executes, connections: connections, seconds: effort.seconds)
        }
        let measurements = await Comparison(rounds: effort.rounds).run([
            contender("bare", bare, bare.port),
            contender("with the middleware, fresh keys", guarded, guarded.port),
            contender("with the middleware, replays", guarded, guarded.port, .replayed, executes: false),
            contender("bare, behind plain nginx", bare, servers.proxy.port),
            contender("bare, behind the gateway, fresh keys", bare, gateway),
            contender("bare, behind the gateway, replays", bare, gateway, .replayed, executes: false),
        ])
        var table = Table("Hummingbird service, \(Effort.connections(connections))", of: "SQLite store", measurements)
        if connections == effort.citedConnections {
            table.cite(
                Figure.ratio(measurements[1].ratio(to: measurements[0])),
                for: "Hummingbird service \(measurements[1].name), \(connections) connections, against bare")
        }
        report.add(table, of: measurements)
    }
}

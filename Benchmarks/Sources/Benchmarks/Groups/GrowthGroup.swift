import Idempotency

/// Servers with many keys in them: what an operation costs, and what a table takes after many operations.
struct GrowthGroup {
    let effort: Effort
    let folder: String

    func run(into report: inout Report) async throws {
        do {
            let server = try PostgresServer(in: folder)
            defer { server.stop() }
            try await TableGrowth(server: server, effort: effort).run(into: &report)
            try await compare(server, into: &report)
        } catch {
            report.fail("PostgreSQL: \(error)")
        }
        let server = try RedisServer(.always, in: folder)
        defer { server.stop() }
        try await compare(server, into: &report)
    }

    private func compare(_ server: PostgresServer, into report: inout Report) async throws {
        var filled: [StoredKeysComparison.Filled] = []
        var close: [() async -> Void] = []
        for keys in effort.storedKeys.map(StoredKeys.init) {
            let filling = try await server.open("stored_\(keys.count)") { configuration in
                configuration.synchronousCommit = .off
                configuration.accepted = [.asynchronousCommit]
                configuration.batchLimit = 1024
                configuration.queueLimit = 1 << 20
                configuration.requestTimeout = .seconds(120)
            }
            try await keys.fill(filling, of: "PostgreSQL")
            await filling.close()
            let store = try await server.open("stored_\(keys.count)")
            filled.append(.init(store: store, keys: keys))
            close.append { await store.close() }
        }
        try server.execute("VACUUM ANALYZE")
        try server.execute("CHECKPOINT")
        try await StoredKeysComparison(effort: effort, name: "PostgreSQL").run(filled, into: &report)
        for close in close { await close() }
    }

    private func compare(_ server: RedisServer, into report: inout Report) async throws {
        var filled: [StoredKeysComparison.Filled] = []
        var close: [() async -> Void] = []
        try server.sync(.everysec)
        for (database, keys) in effort.storedKeys.map(StoredKeys.init).enumerated() {
            let filling = try await server.open(database: database) { configuration in
                configuration.queueLimit = 1 << 20
                configuration.timeout = .seconds(120)
            }
            try await keys.fill(filling, of: "Redis")
            await filling.close()
            let store = try await server.open(database: database)
            filled.append(.init(store: store, keys: keys))
            close.append { await store.close() }
        }
        try server.sync(.always)
        try await StoredKeysComparison(effort: effort, name: "Redis", sweeps: false).run(filled, into: &report)
        for close in close { await close() }
    }
}

extension StoredKeys {
    /// Fills an empty store and says how long that took.
    fileprivate func fill(_ store: any SubmittingStore & ListingStore, of kind: String) async throws {
        let start = ContinuousClock.now
        try await Filling(keys: self).fill(store)
        let taken = Figure.tenths((ContinuousClock.now - start) / .seconds(1))
        Console.say("(\(kind) filled with \(Figure.whole(Double(total))) keys in \(taken) s)")
    }
}

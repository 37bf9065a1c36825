import Foundation
package import IdempotencyRedis
import Logging

/// A cluster of a test's own: three primaries, each with a replica, six processes on this machine.
package final class RedisCluster: Sendable {
    /// All nodes; the first three began as primaries.
    package let nodes: [RedisServer]

    private init(nodes: [RedisServer]) {
        self.nodes = nodes
    }

    /// Starts the nodes, joins them, and waits until all slots are served and all replicas follow.
    package static func start() async throws -> RedisCluster {
        var nodes: [RedisServer] = []
        for _ in 0..<6 {
            let bus = try LoopbackPort.free()
            nodes.append(
                try await RedisServer.start(
                    .never, "--cluster-enabled", "yes", "--cluster-port", "\(bus)", "--cluster-node-timeout", "1000",
                    "--repl-diskless-sync-delay", "0"))
        }
        let cluster = RedisCluster(nodes: nodes)
        let addresses = nodes.map { "127.0.0.1:\($0.port)" }
        try await RedisServer.run(
            "/usr/bin/redis-cli", ["--cluster", "create"] + addresses + ["--cluster-replicas", "1", "--cluster-yes"])
        try await cluster.waitUntilWhole()
        return cluster
    }

    /// Where a store finds the cluster: one node is named.
    package var place: RedisStore.Servers {
        .cluster([.init(host: "127.0.0.1", port: nodes[0].port)])
    }

    /// Opens a store in the cluster.
    package func open(_ change: (inout RedisStore.Configuration) -> Void = { _ in }) async throws -> RedisStore {
        var configuration = RedisStore.Configuration()
        configuration.timeout = .seconds(20)
        configuration.connectTimeout = .seconds(5)
        change(&configuration)
        return try await RedisStore.open(
            place, configuration: configuration,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// The nodes that are primaries now.
    package func primaries() -> [RedisServer] {
        nodes.filter { node in
            guard let reply = try? node.send("ROLE") else { return false }
            return reply.members?.first?.text == "master"
        }
    }

    /// Waits until every node says that all is well, and every replica follows its primary.
    package func waitUntilWhole() async throws {
        for _ in 0..<600 {
            let isWhole = nodes.allSatisfy { node in
                guard let state = try? node.send("CLUSTER", "INFO").text, state.contains("cluster_state:ok"),
                    state.contains("cluster_slots_ok:16384"), let role = try? node.send("ROLE").members
                else { return false }
                return role.first?.text == "master" || role.contains { $0.text == "connected" }
            }
            if isWhole { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw RedisServer.Failure(description: "The Redis Cluster did not come together.")
    }
}

extension RedisServer {
    /// Runs a program to its end, off the threads that tasks share; fails unless it succeeds.
    static func run(_ program: String, _ arguments: [String]) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        while process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
        guard process.terminationStatus == 0 else {
            throw Failure(description: "\(program) ended with status \(process.terminationStatus).")
        }
    }
}

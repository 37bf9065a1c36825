package import IdempotencyRedis
import Logging

/// A primary, its replica, and three sentinels that watch over them.
package final class RedisSentinels: Sendable {
    package let primary: RedisServer
    package let replica: RedisServer
    package let sentinels: [RedisServer]

    /// What the sentinels call the primary.
    package static let name = "main"

    private init(primary: RedisServer, replica: RedisServer, sentinels: [RedisServer]) {
        self.primary = primary
        self.replica = replica
        self.sentinels = sentinels
    }

    /// Starts all of them and waits until the replica follows and the sentinels know each other.
    package static func start() async throws -> RedisSentinels {
        let primary = try await RedisServer.start(.never, "--repl-diskless-sync-delay", "0")
        let replica = try await RedisServer.startReplica(of: primary)
        var sentinels: [RedisServer] = []
        for _ in 0..<3 {
            sentinels.append(
                try await RedisServer.start(
                    [
                        "--sentinel", "monitor", name, "127.0.0.1", "\(primary.port)", "2",
                        "--sentinel", "down-after-milliseconds", name, "600",
                        "--sentinel", "failover-timeout", name, "3000",
                    ], isSentinel: true))
        }
        let group = RedisSentinels(primary: primary, replica: replica, sentinels: sentinels)
        for _ in 0..<400 {
            let known = sentinels.count { sentinel in
                guard let reply = try? sentinel.send("SENTINEL", "master", name) else { return false }
                return reply.value(under: "num-other-sentinels")?.number == 2
                    && reply.value(under: "num-slaves")?.number == 1
            }
            if known == 3 { return group }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw RedisServer.Failure(description: "The sentinels did not find each other.")
    }

    /// Stops the replica and takes its connection away: what the primary acknowledges from now on, it does not get.
    package func leaveReplicaBehind() async throws {
        replica.pause()
        try primary.send("CLIENT", "KILL", "TYPE", "replica")
        for _ in 0..<400 {
            if try primary.send("ROLE").members?.last?.members?.isEmpty == true { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw RedisServer.Failure(description: "The primary does not let its replica go.")
    }

    /// Opens a store at the primary that the sentinels name.
    package func open(_ change: (inout RedisStore.Configuration) -> Void = { _ in }) async throws -> RedisStore {
        var configuration = RedisStore.Configuration()
        configuration.timeout = .seconds(20)
        configuration.connectTimeout = .seconds(5)
        change(&configuration)
        return try await RedisStore.open(
            .sentinels(sentinels.map { .init(host: "127.0.0.1", port: $0.port) }, primary: Self.name),
            configuration: configuration,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }
}

extension RedisServer {
    /// Starts a replica and waits until it follows.
    package static func startReplica(of primary: RedisServer) async throws -> RedisServer {
        let replica = try await start(
            .never, "--replicaof", "127.0.0.1 \(primary.port)", "--repl-diskless-sync-delay", "0")
        for _ in 0..<400 {
            if try replica.send("ROLE").members?.contains(where: { $0.text == "connected" }) == true { return replica }
            try await Task.sleep(for: .milliseconds(25))
        }
        throw Failure(description: "The replica does not follow its primary.")
    }
}

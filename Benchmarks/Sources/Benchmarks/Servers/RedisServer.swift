import Foundation
import IdempotencyRedis
import Logging

/// A Redis server of the run's own.
struct RedisServer {
    /// When it syncs its append-only file.
    enum Sync: String {
        case always, everysec
    }

    let port: Int
    private let process: ServerProcess
    /// What the store has to say is not part of the figures, unless it is a warning.
    private static let logger = {
        var logger = Logger(label: "benchmarks")
        logger.logLevel = .warning
        return logger
    }()

    /// Starts one that keeps its files in `folder`.
    init(_ sync: Sync, in folder: String) throws {
        let home = "\(folder)/redis-\(sync.rawValue)"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        port = try Ports.free()
        process = try ServerProcess(
            try Executables.find("redis-server"),
            [
                "--port", "\(port)", "--bind", "127.0.0.1", "--dir", home, "--daemonize", "no", "--save", "",
                "--appendonly", "yes", "--appendfsync", sync.rawValue, "--logfile", home + "/log",
            ], log: home + "/stderr", ready: nil)
        try Ports.waitForListener(on: port)
    }

    /// Opens a store with the defaults in one of its databases.
    func open(
        database: Int = 0, _ change: (inout RedisStore.Configuration) -> Void = { _ in }
    ) async throws -> RedisStore {
        var configuration = RedisStore.Configuration()
        configuration.database = database
        configuration.acceptsWeakPersistence = true
        change(&configuration)
        return try await RedisStore.open(
            .server(host: "127.0.0.1", port: port), configuration: configuration, logger: Self.logger)
    }

    /// Has it sync its append-only file otherwise from now on.
    func sync(_ sync: Sync) throws {
        _ = try Executables.output(
            of: try Executables.find("redis-cli"), ["-p", "\(port)", "config", "set", "appendfsync", sync.rawValue])
    }

    /// Runs redis-benchmark with one command: `connections` of them, each with `pipelined` commands under way.
    func bench(_ command: [String], connections: Int, pipelined: Int = 1, requests: Int) throws -> Sample {
        let output = try Executables.output(
            of: try Executables.find("redis-benchmark"),
            [
                "-h", "127.0.0.1", "-p", "\(port)", "-c", "\(connections)", "-P", "\(pipelined)", "-n", "\(requests)",
                "-r", "\(Int32.max)", "--csv",
            ] + command)
        // "test","rps","avg_latency_ms","min","p50","p95","p99","max"
        let line = output.split(separator: "\n").last { $0.hasPrefix("\"") } ?? ""
        let cells = line.split(separator: "\"", omittingEmptySubsequences: false).filter { $0 != "," && !$0.isEmpty }
        guard cells.count == 8, let rate = Double(cells[1]), rate > 0, let median = Double(cells[4]),
            let worst = Double(cells[6])
        else { throw BenchmarkError("redis-benchmark did not report: \(output)") }
        var sample = Sample(
            operations: requests, seconds: Double(requests) / rate, latencies: Sample.histogram())
        // It tells two points of the distribution only.
        sample.latencies.record(UInt64(median * 1_000_000), count: UInt64(max(requests * 98 / 100, 1)))
        sample.latencies.record(UInt64(worst * 1_000_000), count: UInt64(max(requests * 2 / 100, 1)))
        return sample
    }

    func stop() { process.stop() }
}

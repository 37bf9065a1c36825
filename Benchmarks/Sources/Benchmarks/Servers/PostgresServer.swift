import Foundation
import IdempotencyPostgres
import Logging

/// A PostgreSQL server of the run's own, with the defaults of Debian but for the memory that it may use and the amount
/// of log between checkpoints.
struct PostgresServer {
    let port: Int
    private let programs: String
    private let process: ServerProcess
    /// What the store has to say is not part of the figures, unless it is a warning.
    private static let logger = {
        var logger = Logger(label: "benchmarks")
        logger.logLevel = .warning
        return logger
    }()

    /// What is set, by the names of `postgresql.conf`; `fsync` and `synchronous_commit` stay on.
    private static let settings = [
        "shared_buffers=256MB", "max_wal_size=4GB", "max_connections=200", "listen_addresses=127.0.0.1",
        "unix_socket_directories=", "logging_collector=off",
    ]

    /// Makes a server in `folder` and starts it.
    ///
    /// - Parameter commitDelay: How much longer a commit takes than the disk needs, in microseconds, as if the disk
    ///   were that slow; commits at the same time share it, as they share a sync.
    init(in folder: String, commitDelay: Int = 0) throws {
        programs = try Self.newestPrograms()
        let home = folder + "/postgres"
        let data = home + "/data"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        // It refuses to run as root.
        var user: [String] = []
        if getuid() == 0, let account = getpwnam("postgres") {
            user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
            chown(home, account.pointee.pw_uid, account.pointee.pw_gid)
        }
        _ = try Executables.output(
            of: "/usr/bin/env",
            user + [
                "\(programs)/initdb", "--pgdata=\(data)", "--username=once", "--auth=trust", "--encoding=UTF8",
                "--locale=C", "--no-instructions",
            ])
        port = try Ports.free()
        let delay = ["commit_delay=\(commitDelay)", "commit_siblings=0"]
        let options = (Self.settings + delay + ["port=\(port)"]).flatMap { ["-c", $0] }
        process = try ServerProcess(
            "/usr/bin/env", user + ["\(programs)/postgres", "-D", data] + options, log: home + "/log", ready: nil,
            stopSignal: SIGINT)
        try Ports.waitForListener(on: port)
        try waitUntilReady()
    }

    /// The address of an empty schema that is made for it.
    func schema(_ name: String) throws -> String {
        try execute("CREATE SCHEMA IF NOT EXISTS \(name)")
        return "postgres://once@127.0.0.1:\(port)/postgres?options=-csearch_path%3D\(name)"
    }

    /// Opens a store with the defaults in a schema.
    func open(
        _ schema: String, _ change: (inout PostgresStore.Configuration) -> Void = { _ in }
    ) async throws -> PostgresStore {
        var configuration = PostgresStore.Configuration()
        change(&configuration)
        return try await PostgresStore.open(
            try self.schema(schema), configuration: configuration, logger: Self.logger)
    }

    /// Carries out statements with the server's own client; what they give, values without decoration.
    @discardableResult
    func execute(_ sql: String) throws -> String {
        try Executables.output(
            of: "\(programs)/psql", ["-XqtA", "-F", " ", "-v", "ON_ERROR_STOP=1"] + connection + ["-c", sql]
        ).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Runs pgbench with a script: `callers` connections, each as fast as it goes. It is told how many transactions,
    /// not how long: the signal that ends it would be blocked in a child of this process.
    ///
    /// - Parameter folder: Where it leaves the time of every tenth transaction.
    func bench(_ script: String, callers: Int, transactions: Int, in folder: String) throws -> Sample {
        let prefix = "\(folder)/pgbench-\(UUID().uuidString)"
        let output = try Executables.output(
            of: "\(programs)/pgbench",
            [
                "--no-vacuum", "--protocol=prepared", "--file=\(script)", "--client=\(callers)",
                "--jobs=\(min(callers, 2))", "--transactions=\(max(transactions / callers, 1))", "--log",
                "--log-prefix=\(prefix)",
                "--sampling-rate=0.1", "--host=127.0.0.1", "--port=\(port)", "--username=once", "postgres",
            ])
        func number(after label: String) -> Double? {
            output.split(separator: "\n").first { $0.hasPrefix(label) }
                .flatMap { $0.dropFirst(label.count).split(whereSeparator: { $0 == " " || $0 == "/" }).first }
                .flatMap { Double($0) }
        }
        guard let rate = number(after: "tps ="),
            let count = number(after: "number of transactions actually processed:"),
            number(after: "number of failed transactions:") == 0
        else { throw BenchmarkError("pgbench did not report, or transactions failed: \(output)") }
        var sample = Sample(operations: Int(count), seconds: count / rate, latencies: Sample.histogram())
        for file in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let path = "\(folder)/\(file)"
            guard path.hasPrefix(prefix) else { continue }
            for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
                // Client, number, microseconds, ...
                let words = line.split(separator: " ")
                if words.count > 2, let time = UInt64(words[2]) { sample.latencies.record(time * 1000) }
            }
            try FileManager.default.removeItem(atPath: path)
        }
        return sample
    }

    func stop() { process.stop() }

    private var connection: [String] { ["-h", "127.0.0.1", "-p", "\(port)", "-U", "once", "-d", "postgres"] }

    private func waitUntilReady() throws {
        for _ in 0..<500 {
            let question = ["--quiet", "--host=127.0.0.1", "--port=\(port)"]
            if (try? Executables.output(of: "\(programs)/pg_isready", question)) != nil { return }
            usleep(20_000)
        }
        throw BenchmarkError("the PostgreSQL server does not answer")
    }

    private static func newestPrograms() throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
        guard let version = versions.max() else {
            throw BenchmarkError("there is no PostgreSQL server; scripts/packages.sh bench installs it")
        }
        return "\(root)/\(version)/bin"
    }
}

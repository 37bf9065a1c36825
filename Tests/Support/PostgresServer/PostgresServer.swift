import Foundation
import Synchronization

/// A PostgreSQL server of its own, in a temporary folder on a free port of the loopback interface.
///
/// It ends when it is stopped, and when this process ends in whatever way: a shell holds the other end of a pipe.
package final class PostgresServer: Sendable {
    /// Where it listens.
    package let port: Int
    /// Its folder.
    package let folder: String

    private let programs: PostgresPrograms

    /// Where its command line client is.
    var psql: String { "\(programs.folder)/psql" }
    private let settings: [String: String]
    private let running = Mutex<(shell: Process, hold: Pipe)?>(nil)

    /// The name of the role that may do everything.
    package static let user = "once"

    private init(folder: String, port: Int, programs: PostgresPrograms, settings: [String: String]) {
        self.folder = folder
        self.port = port
        self.programs = programs
        self.settings = settings
    }

    /// Makes a server and starts it.
    ///
    /// - Parameters:
    ///   - settings: What is to be otherwise than in a new cluster, by the names of `postgresql.conf`.
    ///   - access: Who is let in; everybody on this machine unless told otherwise.
    package static func start(
        _ settings: [String: String] = [:], access: Access? = nil
    ) async throws -> PostgresServer {
        let programs = try PostgresPrograms()
        let folder = try temporaryFolder()
        try await programs.run(
            "initdb",
            [
                "--pgdata=\(folder)/data", "--username=\(user)", "--auth=trust", "--encoding=UTF8", "--locale=C",
                "--no-sync", "--no-instructions",
            ])
        let all = settings.merging(try access?.install(in: "\(folder)/data") ?? [:]) { own, _ in own }
        let server = PostgresServer(folder: folder, port: try freePort(), programs: programs, settings: all)
        try await server.launch()
        return server
    }

    /// Makes a standby of this server and starts it.
    package func standby(_ settings: [String: String] = [:]) async throws -> PostgresServer {
        let folder = try Self.temporaryFolder()
        try await programs.run(
            "pg_basebackup",
            [
                "--pgdata=\(folder)/data", "--write-recovery-conf", "--checkpoint=fast", "--no-sync",
                "--dbname=host=127.0.0.1 port=\(port) user=\(Self.user) application_name=standby",
            ])
        let server = PostgresServer(
            folder: folder, port: try Self.freePort(), programs: programs, settings: settings)
        try await server.launch()
        return server
    }

    /// The address of a database on it.
    ///
    /// - Parameters:
    ///   - schema: The schema in which the tables are found and made.
    ///   - port: Another port, of something that stands in between.
    ///   - database: Which database.
    package func url(schema: String = "public", port: Int? = nil, database: String = "postgres") -> String {
        "postgres://\(Self.user)@127.0.0.1:\(port ?? self.port)/\(database)?options=-csearch_path%3D\(schema)"
    }

    /// Starts the server that was stopped or killed, and waits until it accepts connections.
    package func launch() async throws {
        let shell = Process()
        let hold = Pipe()
        let log = "\(folder)/log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let all = [
            "listen_addresses": "127.0.0.1", "port": "\(port)", "unix_socket_directories": "",
            "max_connections": "200", "shared_buffers": "64MB", "logging_collector": "off",
        ].merging(settings) { $1 }
        let options = all.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
        let command = programs.command("postgres", ["-D", "\(folder)/data"] + options)
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        try? FileManager.default.removeItem(atPath: keep)
        // The shell ends the server when nobody holds the pipe any more, and removes its folder unless it is to stay.
        shell.arguments =
            [
                "-c",
                #"folder=$1; shift; "$@" & pid=$!; cat >/dev/null; kill -INT $pid 2>/dev/null; wait $pid; "#
                    + #"[ -e "$folder/keep" ] || rm -rf "$folder""#,
                "sh", folder,
            ] + command
        shell.standardInput = hold
        shell.standardOutput = FileHandle(forWritingAtPath: log)
        shell.standardError = FileHandle(forWritingAtPath: log)
        _ = fcntl(hold.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try shell.run()
        running.withLock { $0 = (shell, hold) }
        for _ in 0..<600 {
            if Self.accepts(port), status == "ready" || status == "standby" { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw PostgresServerError(
            "the server does not start: \((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")")
    }

    /// Stops it, and waits until it has ended.
    package func stop() async {
        await end(signal: SIGINT)
    }

    /// Kills all its processes, as if the machine had lost its memory but not its disk.
    package func kill() async {
        await end(signal: SIGKILL)
    }

    /// Stops it and removes its folder.
    package func remove() async {
        await stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Lets all its processes stand still, or go on.
    package func pause(_ isPaused: Bool) {
        for process in processes { Foundation.kill(process, isPaused ? SIGSTOP : SIGCONT) }
    }

    /// Says that the folder outlives the server.
    private var keep: String { "\(folder)/keep" }

    private func end(signal: Int32) async {
        guard
            let (shell, hold) = running.withLock({ running in
                defer { running = nil }
                return running
            })
        else { return }
        for process in processes where signal == SIGKILL || process == postmaster { Foundation.kill(process, signal) }
        _ = FileManager.default.createFile(atPath: keep, contents: nil)
        try? hold.fileHandleForWriting.close()
        await offThePool { shell.waitUntilExit() }
    }

    /// The number of the server's first process, while it runs.
    private var postmaster: Int32? { pidFile.first.flatMap { Int32($0) } }

    /// What the server says about itself: `ready`, `standby`, `starting`.
    private var status: String? { pidFile.count > 7 ? pidFile[7].trimmingCharacters(in: .whitespaces) : nil }

    private var pidFile: [Substring] {
        ((try? String(contentsOfFile: "\(folder)/data/postmaster.pid", encoding: .utf8)) ?? "").split(
            separator: "\n", omittingEmptySubsequences: false)
    }

    /// The first process and its children.
    private var processes: [Int32] {
        guard let postmaster else { return [] }
        let path = "/proc/\(postmaster)/task/\(postmaster)/children"
        let children = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return [postmaster] + children.split(separator: " ").compactMap { Int32($0) }
    }

    static func temporaryFolder() throws -> String {
        let folder = "/tmp/once-postgres-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try PostgresPrograms.giveAway(folder)
        return folder
    }

    /// A port that nobody listens on.
    package static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else { throw PostgresServerError("there is no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    static func accepts(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(port: port)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}

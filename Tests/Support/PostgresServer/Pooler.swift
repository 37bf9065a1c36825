import Foundation

/// A PgBouncer of a test's own, in a temporary folder on a free port of the loopback interface. It ends when it is
/// stopped, and when this process ends in whatever way: a shell holds the other end of a pipe.
package final class Pooler: Sendable {
    /// For how long it gives a session away.
    package enum Mode: String, Sendable {
        case session, transaction, statement
    }

    /// Whether the program is there.
    package static let isInstalled = FileManager.default.isExecutableFile(atPath: program)

    /// Where it listens.
    package let port: Int

    private static let program = "/usr/sbin/pgbouncer"
    private let configuration: String
    private let folder: String
    private let hold = Pipe()
    private let shell = Process()
    /// Starts one before a server.
    ///
    /// - Parameters:
    ///   - target: The port of the server, or of something before it.
    ///   - settings: Others, by the names of `pgbouncer.ini`.
    package init(_ mode: Mode, before target: Int, _ settings: [String: String] = [:]) async throws {
        folder = try PostgresServer.temporaryFolder()
        port = try PostgresServer.freePort()
        let all = [
            "listen_addr": "127.0.0.1", "listen_port": "\(port)", "unix_socket_dir": "", "auth_type": "any",
            "pool_mode": mode.rawValue, "default_pool_size": "20", "max_client_conn": "200", "server_login_retry": "1",
            "admin_users": PostgresServer.user,
        ].merging(settings) { $1 }
        configuration =
            "[databases]\n* = host=127.0.0.1 port=\(target) user=\(PostgresServer.user)\n[pgbouncer]\n"
            + all.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)\n" }.joined()
        try configuration.write(toFile: folder + "/pgbouncer.ini", atomically: false, encoding: .utf8)
        let log = "\(folder)/log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments =
            [
                "-c",
                #"folder=$1; shift; "$@" & pid=$!; cat >/dev/null; kill -KILL $pid 2>/dev/null; wait $pid; "#
                    + #"rm -rf "$folder""#,
                "sh", folder,
            ] + PostgresPrograms.asServer([Self.program, folder + "/pgbouncer.ini"])
        shell.standardInput = hold
        shell.standardOutput = FileHandle(forWritingAtPath: log)
        shell.standardError = FileHandle(forWritingAtPath: log)
        _ = fcntl(hold.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try shell.run()
        for _ in 0..<300 where !PostgresServer.accepts(port) { try await Task.sleep(for: .milliseconds(20)) }
        guard PostgresServer.accepts(port) else {
            throw PostgresServerError(
                "PgBouncer does not start: \((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")")
        }
    }

    /// Has it read another mode, while it serves; told over its console, as whoever starts it may have signals blocked.
    package func change(to mode: Mode, by server: PostgresServer) async throws {
        let other = configuration.split(separator: "\n").map { $0.hasPrefix("pool_mode") ? "pool_mode = \(mode)" : $0 }
        try other.joined(separator: "\n").write(
            toFile: folder + "/pgbouncer.ini", atomically: false, encoding: .utf8)
        try await server.execute("RELOAD", url: "postgres://once@127.0.0.1:\(port)/pgbouncer")
    }

    /// Ends it, and removes its folder.
    package func stop() async {
        try? hold.fileHandleForWriting.close()
        await offThePool { [shell] in shell.waitUntilExit() }
    }
}

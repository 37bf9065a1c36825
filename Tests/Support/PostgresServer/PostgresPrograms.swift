import Foundation

/// Where PostgreSQL's programs are, and as whom they are run.
struct PostgresPrograms {
    /// The folder with `initdb` and `postgres`.
    let folder: String

    /// Finds the newest version that Debian has installed, or what `POSTGRES_BIN` names.
    init() throws {
        if let named = ProcessInfo.processInfo.environment["POSTGRES_BIN"] {
            folder = named
            return
        }
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
        guard let version = versions.max(),
            FileManager.default.isExecutableFile(atPath: "\(root)/\(version)/bin/postgres")
        else {
            throw PostgresServerError(
                "there is no PostgreSQL server below \(root): scripts/packages.sh test installs it")
        }
        folder = "\(root)/\(version)/bin"
    }

    /// A command line that runs one of the programs; as the user `postgres` where this process is root, since the
    /// server refuses to run as root.
    func command(_ program: String, _ arguments: [String]) -> [String] {
        Self.asServer(["\(folder)/\(program)"] + arguments)
    }

    /// The same for any program that refuses to run as root.
    static func asServer(_ command: [String]) -> [String] {
        let user = getuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : []
        return ["/usr/bin/env"] + user + command
    }

    /// Gives a file or folder to the user as whom the server is run.
    static func giveAway(_ path: String) throws {
        guard getuid() == 0, let user = getpwnam("postgres") else { return }
        guard chown(path, user.pointee.pw_uid, user.pointee.pw_gid) == 0 else {
            throw PostgresServerError("\(path) cannot be given to the user postgres")
        }
    }

    /// Runs a program to its end.
    func run(_ program: String, _ arguments: [String]) async throws {
        let process = Process()
        let command = command(program, arguments)
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = await offThePool { [handle = output.fileHandleForReading] in
            String(decoding: handle.readDataToEndOfFile(), as: UTF8.self)
        }
        await offThePool { [process] in process.waitUntilExit() }
        guard process.terminationStatus == 0 else { throw PostgresServerError("\(program) failed: \(text)") }
    }
}

/// Something that keeps a server from running.
package struct PostgresServerError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// Waits on a thread that may be blocked.
func offThePool<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(returning: body()) }
    }
}

import Foundation
package import IdempotencyRedis
import Synchronization

/// A Redis server of a test's own: in a temporary folder, on a free port of the loopback interface, ended with it.
package final class RedisServer: Sendable {
    /// Where it listens.
    package let port: Int
    /// Where its files lie.
    package let directory: String

    private let arguments: [String]
    private let isSentinel: Bool
    private let process = Mutex<Process?>(nil)

    /// What is said of a server that does not start.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private init(port: Int, arguments: [String], isSentinel: Bool) throws {
        self.port = port
        self.isSentinel = isSentinel
        self.arguments = arguments
        directory = NSTemporaryDirectory() + "once-redis-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    deinit {
        process.withLock { process in
            if let process, process.isRunning {
                kill(process.processIdentifier, SIGCONT)
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
            }
        }
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// Starts a server and waits until it answers.
    ///
    /// - Parameters:
    ///   - persistence: What it writes to its disk, and when.
    ///   - arguments: More of its settings, as `--name value`.
    package static func start(
        _ persistence: Persistence = .everyWrite, _ arguments: String...
    ) async throws -> RedisServer {
        try await start(persistence.arguments + arguments)
    }

    /// Starts a server with these settings only; as a sentinel, if that is said.
    package static func start(_ arguments: [String], isSentinel: Bool = false) async throws -> RedisServer {
        // Between the choice of a free port and its use somebody else may take it.
        for _ in 0..<5 {
            let server = try RedisServer(
                port: LoopbackPort.free(), arguments: arguments, isSentinel: isSentinel)
            do {
                try await server.launch()
                return server
            } catch {
                guard server.log.contains("Address already in use") else { throw error }
            }
        }
        throw Failure(description: "There is no free port for a Redis server.")
    }

    /// Starts it, or starts it anew after it has ended, and waits until it answers.
    package func launch() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/redis-server")
        // A sentinel keeps what it learns in the file of its settings.
        let file = directory + "/settings"
        if isSentinel, !FileManager.default.fileExists(atPath: file) {
            try Data().write(to: URL(fileURLWithPath: file))
        }
        process.arguments =
            (isSentinel ? [file, "--sentinel"] : [])
            + ["--port", "\(port)", "--bind", "127.0.0.1", "--dir", directory, "--daemonize", "no"]
            + ["--logfile", directory + "/log", "--enable-debug-command", "yes"] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw Failure(description: "There is no /usr/bin/redis-server (Debian: redis-server): \(error)")
        }
        self.process.withLock { $0 = process }
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline, process.isRunning {
            if let client = try? RedisClient(port: port), let reply = try? client.send("PING") {
                if case .error(let text) = reply, text.hasPrefix("LOADING") {} else { return }
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Failure(description: "The Redis server did not start:\n\(log)")
    }

    /// Ends it as a crash would, with no chance to tidy up, and waits until it has ended.
    package func crash() {
        process.withLock { process in
            guard let process else { return }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    /// Stops it in the middle of whatever it does; its connections stay.
    package func pause() { signal(SIGSTOP) }

    /// Lets it go on.
    package func resume() { signal(SIGCONT) }

    /// Sends one command on a connection of its own. An error is an answer too.
    @discardableResult
    package func send(_ command: String...) throws -> RESPValue {
        try RedisClient(port: port).send(command)
    }

    /// What it has written to its log.
    package var log: String { (try? String(contentsOfFile: directory + "/log", encoding: .utf8)) ?? "" }

    private func signal(_ number: Int32) {
        process.withLock { process in
            if let process { _ = kill(process.processIdentifier, number) }
        }
    }
}

extension RedisServer {
    /// What a server writes to its disk, and when.
    package enum Persistence: Sendable {
        case everyWrite, everySecond, never

        var arguments: [String] {
            switch self {
            case .everyWrite: ["--save", "", "--appendonly", "yes", "--appendfsync", "always"]
            case .everySecond: ["--save", "", "--appendonly", "yes", "--appendfsync", "everysec"]
            case .never: ["--save", "", "--appendonly", "no"]
            }
        }
    }
}

extension RedisServer {
    /// How often each command was called since the last `CONFIG RESETSTAT`.
    package func calls() throws -> [String: Int] {
        var calls: [String: Int] = [:]
        for line in (try send("INFO", "commandstats").text ?? "").split(whereSeparator: \.isNewline) {
            // cmdstat_scan:calls=12,usec=…
            let parts = line.split(separator: ":")
            guard parts.count == 2, parts[0].hasPrefix("cmdstat_") else { continue }
            calls[String(parts[0].dropFirst(8))] = parts[1].split(separator: ",").first.flatMap { Int($0.dropFirst(6)) }
        }
        return calls
    }
}

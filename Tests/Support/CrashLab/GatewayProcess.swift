import Foundation

/// A process under test: started, stopped, killed without warning, started again on the same files and the same port.
final class GatewayProcess {
    let address: String
    private let executable: String
    private let arguments: [String]
    private let clock: FalseClock?
    private let environment: [String: String]
    private let log: String
    private var process: Process?

    /// - Parameters:
    ///   - port: Where it listens.
    ///   - clock: The clock that it sees, if that is not the machine's.
    ///   - log: The file that takes what it writes to standard error.
    /// - Throws: ``LabError`` when it cannot have such a clock.
    init(executable: String, port: Int, arguments: [String], clock: FalseClock? = nil, log: String) throws {
        address = "http://127.0.0.1:\(port)"
        let arguments = arguments + ["--listen", "127.0.0.1:\(port)"]
        self.executable = clock == nil ? executable : "/bin/sh"
        self.arguments = clock.map { _ in FalseClock.arguments(executable, arguments) } ?? arguments
        self.clock = clock
        environment = try clock?.environment() ?? [:]
        self.log = log
    }

    func start() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = FileHandle.nullDevice
        let descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw LabError("cannot write \(log)") }
        process.standardError = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try process.run()
        self.process = process
    }

    /// kill -9: nothing is flushed, nobody is told.
    func kill() {
        guard let process else { return }
        _ = Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        clock?.cleanUp(after: process.processIdentifier)
        self.process = nil
    }

    /// Stands still, locks and all, until `resume()`.
    func suspend() { signal(SIGSTOP) }

    /// Goes on after `suspend()`.
    func resume() { signal(SIGCONT) }

    var isRunning: Bool { process?.isRunning ?? false }

    private func signal(_ number: Int32) {
        if let process { _ = Foundation.kill(process.processIdentifier, number) }
    }
}

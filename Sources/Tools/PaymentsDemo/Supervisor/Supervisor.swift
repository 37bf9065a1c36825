import Logging
import Subprocess
import Synchronization

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// Keeps the payments service running as a child process: starts it, and starts it again when it crashes.
struct Supervisor: Sendable {
    /// Makes the command line of the child for a port; 0 stands for any free port.
    let arguments: @Sendable (_ port: Int) -> [String]
    let executable: String
    let logger: Logger

    /// A crash that was asked for is followed by a start at once; a child that cannot start must not spin.
    private static let pause = Duration.milliseconds(100)
    /// So often in a row the child may end without ever having listened.
    private static let failedStartLimit = 5

    /// Runs `body` with the port of the child, and ends the child when `body` has returned or thrown.
    ///
    /// The port stays the same when the child is started again.
    ///
    /// - Throws: ``DemoError`` if the child does not start, what `body` throws otherwise.
    func whileRunning(_ body: @escaping @Sendable (_ port: Int) async throws -> Void) async throws {
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { continuation.finish() }
                try await keepRunning { continuation.yield($0) }
            }
            group.addTask {
                for await port in ports { return try await body(port) }
                throw DemoError.serviceDoesNotStart
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func keepRunning(onListening: @escaping @Sendable (Int) -> Void) async throws {
        var port = 0
        var failedStarts = 0
        while !Task.isCancelled {
            let listening = try await runOnce(port: port, onListening: onListening)
            if Task.isCancelled { return }
            failedStarts = listening == nil ? failedStarts + 1 : 0
            if failedStarts == Self.failedStartLimit { throw DemoError.serviceDoesNotStart }
            port = listening ?? port
            logger.info("The payments service ended; starting it again")
            try await Task.sleep(for: Self.pause)
        }
    }

    /// Runs the child until it ends.
    ///
    /// - Returns: The port at which it listened, or nil if it never did.
    private func runOnce(port: Int, onListening: @escaping @Sendable (Int) -> Void) async throws -> Int? {
        var options = PlatformOptions()
        options.processGroupID = 0  // Ctrl-C in the terminal goes to the supervisor alone
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))]
        let result = try await Subprocess.run(
            .path(FilePath(executable)), arguments: Arguments(arguments(port)), platformOptions: options,
            input: .inputWriter, output: .sequence, error: .currentStandardError
        ) { execution in
            var listening: Int?
            for try await line in execution.standardOutput.strings() {
                guard let announcement = Announcement(line: line) else { continue }
                listening = announcement.port
                onListening(announcement.port)
            }
            return listening
        }
        return result.closureResult
    }
}

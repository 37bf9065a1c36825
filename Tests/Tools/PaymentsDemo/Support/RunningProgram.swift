import Foundation
import Subprocess

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// A program that a test has started.
struct RunningProgram: Sendable {
    let processIdentifier: pid_t
    /// The first line of its output that contained what the test waited for.
    let line: String
    /// The signal that the test has sent, if any.
    let sent = Recorded<Int32>()

    /// Sends a signal that is meant to end the program.
    func send(_ signal: Int32) {
        sent.set(signal)
        kill(processIdentifier, signal)
    }
}

/// Runs a program, waits until it writes a line that contains `marker`, runs `body`, and ends the program by its
/// process identifier, unless `body` has told it to end: a second signal would be one too many. A program that is told
/// and does not end is killed after a minute.
///
/// - Returns: How the program ended.
@discardableResult
func withProgram(
    _ path: String, _ arguments: [String], temporaryFolder: URL, saying marker: String,
    _ body: @escaping @Sendable (RunningProgram) async throws -> Void
) async throws -> TerminationStatus {
    let result = try await Subprocess.run(
        .path(FilePath(path)), arguments: Arguments(arguments),
        environment: .inherit.updating(["TMPDIR": temporaryFolder.path(percentEncoded: false)]), input: .none,
        output: .sequence,
        error: .currentStandardError
    ) { execution in
        let pid = execution.processIdentifier.value
        var begun = false
        do {
            let told = Recorded<Int32>()
            async let _ = killOverdue(pid, told)
            for try await line in execution.standardOutput.strings() where !begun && line.contains(marker) {
                begun = true
                let program = RunningProgram(processIdentifier: pid, line: line)
                try await body(program)
                if let signal = program.sent.value {
                    told.set(signal)
                } else {
                    await execution.teardown(using: [.gracefulShutDown(allowedDurationToNextStep: .seconds(10))])
                }
            }
        } catch {
            await execution.teardown(using: [.gracefulShutDown(allowedDurationToNextStep: .seconds(10))])
            throw error
        }
        if !begun { throw ProgramEnded(path: path, marker: marker) }
    }
    return result.terminationStatus
}

/// Kills a program that was told to end a minute ago. Ends when it is cancelled, as soon as the program's output ends.
private func killOverdue(_ pid: pid_t, _ told: Recorded<Int32>) async {
    var tenthsLeft = 600
    while tenthsLeft > 0, !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(100))
        if told.value != nil { tenthsLeft -= 1 }
    }
    if !Task.isCancelled { kill(pid, SIGKILL) }
}

/// A program ended before it wrote what the test waited for.
struct ProgramEnded: Error {
    var path: String
    var marker: String
}

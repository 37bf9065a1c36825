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

    func send(_ signal: Int32) {
        kill(processIdentifier, signal)
    }
}

/// Runs a program, waits until it writes a line that contains `marker`, runs `body`, and ends the program by its
/// process identifier.
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
            for try await line in execution.standardOutput.strings() where !begun && line.contains(marker) {
                begun = true
                try await body(RunningProgram(processIdentifier: pid, line: line))
                await execution.teardown(using: [.gracefulShutDown(allowedDurationToNextStep: .seconds(10))])
            }
        } catch {
            await execution.teardown(using: [.gracefulShutDown(allowedDurationToNextStep: .seconds(10))])
            throw error
        }
        if !begun { throw ProgramEnded(path: path, marker: marker) }
    }
    return result.terminationStatus
}

/// A program ended before it wrote what the test waited for.
struct ProgramEnded: Error {
    var path: String
    var marker: String
}

import Foundation
import Synchronization

/// A process of its own that performs an operation and says which step it has come to; killed, stopped and shut down by
/// the test. See `scenario-worker`.
final class Worker: Sendable {
    private struct State {
        var output = Data()
        var hasClosedOutput = false
        var status: Int32?
    }

    private let state = Mutex(State())
    private let pid = Mutex<Int32>(0)
    private let input = Pipe()

    /// Starts the worker. It ends with the test process at the latest, when its standard input closes.
    init(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
            .deletingLastPathComponent().appendingPathComponent("scenario-worker")
        process.arguments = arguments
        process.standardInput = input
        let output = Pipe()
        process.standardOutput = output
        output.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            self?.state.withLock { state in
                state.output.append(data)
                state.hasClosedOutput = data.isEmpty
            }
        }
        process.terminationHandler = { [weak self] process in
            let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
            self?.state.withLock { $0.status = status }
        }
        try process.run()
        pid.withLock { $0 = process.processIdentifier }
    }

    deinit {
        signal(SIGKILL)
    }

    /// All steps that it has come to so far.
    var steps: [Substring] {
        state.withLock { String(decoding: $0.output, as: UTF8.self) }.split(separator: "\n")
    }

    /// Waits until it has come to `step`.
    func reaches(_ step: String) async throws {
        try await eventually("the worker at '\(step)'") {
            let hasEnded = state.withLock { $0.hasClosedOutput }
            if steps.contains(where: { $0 == step }) { return true }
            if hasEnded { throw TooLate(description: "the worker ended before '\(step)': \(steps)") }
            return false
        }
    }

    /// Waits until it tells what its caller was told.
    func answer() async throws -> String {
        try await eventually("the worker's answer") { steps.contains { $0.hasPrefix("answer ") } }
        return steps.first { $0.hasPrefix("answer ") }.map { String($0.dropFirst("answer ".count)) } ?? ""
    }

    /// Lets it go on from the step at which it waits.
    func goOn() {
        input.fileHandleForWriting.write(Data("\n".utf8))
    }

    /// kill -9: nothing is flushed, nobody is told.
    func kill() async {
        signal(SIGKILL)
        _ = await end()
    }

    /// Stands still, locks and all, until `wake()`.
    func stop() { signal(SIGSTOP) }

    /// Goes on after `stop()`.
    func wake() { signal(SIGCONT) }

    /// Asks it to shut down.
    func terminate() { signal(SIGTERM) }

    /// Waits until it has ended; its exit status, or minus the signal that ended it.
    func end() async -> Int32 {
        try? await eventually("the end of the worker") { state.withLock { $0.status != nil } }
        return state.withLock { $0.status ?? .min }
    }

    private func signal(_ number: Int32) {
        let pid = pid.withLock { $0 }
        guard pid > 0, state.withLock({ $0.status == nil }) else { return }
        _ = Foundation.kill(pid, number)
    }
}

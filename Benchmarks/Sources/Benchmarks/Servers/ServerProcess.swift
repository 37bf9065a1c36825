import Foundation

/// A server that is measured, in a process of its own; it is stopped when the last reference goes.
final class ServerProcess {
    private let process: Process
    private let stopSignal: Int32
    /// What it said on standard output until it was ready.
    let announcement: String

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - executable: Its path.
    ///   - arguments: Its arguments.
    ///   - log: Where its standard error goes.
    ///   - ready: What it says on standard output when it accepts connections; `nil` when it says nothing.
    ///   - stopSignal: What tells it to end.
    /// - Throws: `BenchmarkError` when it ends before it is ready.
    init(_ executable: String, _ arguments: [String], log: String, ready: String?, stopSignal: Int32 = SIGTERM) throws {
        self.stopSignal = stopSignal
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let output = Pipe()
        process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle(forWritingAtPath: log) ?? FileHandle.nullDevice
        try process.run()
        RunningServers.add(process.processIdentifier)
        guard let ready else {
            announcement = ""
            return
        }
        var said = ""
        while !said.contains(ready) {
            let piece = output.fileHandleForReading.availableData
            guard !piece.isEmpty else {
                process.waitUntilExit()
                RunningServers.remove(process.processIdentifier)
                let error = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
                throw BenchmarkError("\(executable) ended before it was ready: \(said)\(error.suffix(2000))")
            }
            said += String(decoding: piece, as: UTF8.self)
        }
        announcement = said
    }

    /// Ends it as a supervisor would and waits until it is gone.
    func stop() {
        if process.isRunning { kill(process.processIdentifier, stopSignal) }
        // `waitUntilExit` waits in the run loop of this thread, which may be another one than it was started from.
        let deadline = ContinuousClock.now + .seconds(10)
        while process.isRunning {
            if ContinuousClock.now > deadline { kill(process.processIdentifier, SIGKILL) }
            usleep(10_000)
        }
        RunningServers.remove(process.processIdentifier)
    }

    /// The memory that it holds now and the most that it ever held, in bytes.
    var memory: (now: Int, peak: Int) {
        let status = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        func kibibytes(_ field: String) -> Int {
            let line = status.split(separator: "\n").first { $0.hasPrefix(field + ":") } ?? ""
            return line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0
        }
        return (kibibytes("VmRSS") << 10, kibibytes("VmHWM") << 10)
    }

    deinit { stop() }
}

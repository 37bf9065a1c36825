import Foundation

/// Another process on the same store; see Tests/Support/StorePeer.
///
/// `@unchecked Sendable`: what is mutable is touched by whoever waits for a line, of whom there is one at a time.
package final class Peer: @unchecked Sendable {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var unread = Data()

    package init(_ arguments: String...) throws {
        process.executableURL = Self.executable
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    /// The number of the process.
    package var identifier: Int32 { process.processIdentifier }

    deinit {
        if process.isRunning { process.terminate() }
    }

    /// The executable lies beside the bundle of the tests.
    private static var executable: URL {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("store-peer")
    }

    /// The next line that it says, or `nil` when it has ended.
    package func line() async -> String? {
        while true {
            if let end = unread.firstIndex(of: 10) {
                defer { unread = Data(unread[(end + 1)...]) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            let more = await Self.offThePool { [handle = output.fileHandleForReading] in handle.availableData }
            guard !more.isEmpty else { return nil }
            unread += more
        }
    }

    /// Writes a line to its input; nothing happens when it has ended.
    package func say(_ line: String) {
        try? input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    }

    /// Ends it as a power cut of its own would, with no chance to tidy up.
    package func kill() async {
        Foundation.kill(process.processIdentifier, SIGKILL)
        await Self.offThePool { [process] in process.waitUntilExit() }
    }

    /// Closes its input and waits until it has ended.
    package func finish() async {
        try? input.fileHandleForWriting.close()
        await Self.offThePool { [process] in process.waitUntilExit() }
    }

    /// Waits on a thread that may be blocked. The tasks of all tests share as many threads as the machine has cores:
    /// two tests that wait for a process on those stop every other one.
    private static func offThePool<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: body()) }
        }
    }
}

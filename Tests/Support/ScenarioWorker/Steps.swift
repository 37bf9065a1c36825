import Dispatch
import Foundation

/// Says which step the process has come to, and waits for a line on standard input where the test has asked for it.
struct Steps: Sendable {
    let pausesAt: Set<String>

    /// Prints `step`; returns at once, or when the test says so.
    func reach(_ step: String) async {
        say(step)
        guard pausesAt.contains(step) else { return }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                _ = readLine()
                continuation.resume()
            }
        }
    }

    /// The same on a thread that may wait, such as a database's.
    func reachOnThread(_ step: String) {
        say(step)
        if pausesAt.contains(step) { _ = readLine() }
    }

    /// Prints `step` and ends the process as it is.
    func end(_ step: String) -> Never {
        say(step)
        exit(0)
    }

    private func say(_ step: String) {
        FileHandle.standardOutput.write(Data("\(step)\n".utf8))
    }
}

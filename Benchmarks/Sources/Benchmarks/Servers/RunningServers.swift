import Foundation
import Synchronization

/// The servers that this run has started, so that a run that is told to end leaves none of them behind.
enum RunningServers {
    private static let running = Mutex<Set<pid_t>>([])

    static func add(_ process: pid_t) { running.withLock { _ = $0.insert(process) } }

    static func remove(_ process: pid_t) { running.withLock { _ = $0.remove(process) } }

    /// Ends them all, at once.
    static func end() {
        running.withLock { processes in
            for process in processes { kill(process, SIGTERM) }
            usleep(300_000)
            for process in processes { kill(process, SIGKILL) }
            processes = []
        }
    }
}

/// Ends the run when it is told to: its servers end, its files go, the results so far stay.
struct Interruption {
    private let sources: [any DispatchSourceSignal]

    /// Waits for SIGINT and SIGTERM from now on.
    init(removing folder: String) {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                RunningServers.end()
                try? FileManager.default.removeItem(atPath: folder)
                exit(128 + number)
            }
            source.resume()
            return source
        }
    }

    /// Waits no longer.
    func end() {
        for source in sources { source.cancel() }
    }
}

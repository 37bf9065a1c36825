import Foundation
public import Logging
public import ServiceLifecycle
import UnixSignals

/// What SIGTERM and SIGINT do: the first begins a graceful shutdown, the second ends the process at once.
///
/// What is in flight at the second is left as a crash would leave it: running records stay, and the interrupted policy
/// says what becomes of them. The exit code is then 128 and the number of the signal, as shells have it: 143 or 130.
public enum StopSignals {
    /// Runs `group` until its end, which a signal may bring about.
    ///
    /// - Throws: What the group throws.
    public static func run(_ group: ServiceGroup, logger: Logger) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            // Ends with the other task only.
            tasks.addTask {
                var isStopping = false
                for await signal in signals {
                    if isStopping { stopAtOnce(signal, logger) }
                    isStopping = true
                    logger.notice(
                        "stopping; a second signal stops at once", metadata: ["idempotency.signal": "\(signal)"])
                    await group.triggerGracefulShutdown()
                }
            }
            defer { tasks.cancelAll() }
            try await tasks.next()
        }
    }

    private static func stopAtOnce(_ signal: UnixSignal, _ logger: Logger) -> Never {
        logger.warning("stopped by a second signal; what was in flight is left to the interrupted policy")
        // Not `exit`: destructors of libraries would run while their threads do.
        _exit(128 + (signal == .sigint ? SIGINT : SIGTERM))
    }
}

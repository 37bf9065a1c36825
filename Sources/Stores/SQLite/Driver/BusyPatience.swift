import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How a connection waits while another one has the database locked.
///
/// SQLite's own waiting sleeps for up to 100 milliseconds between two looks. Another process that commits batch after
/// batch leaves gaps of microseconds, which such a sleeper can miss for many seconds. Looking twice in a millisecond
/// costs next to nothing, and finds one.
final class BusyPatience: Sendable {
    private struct State {
        var isImpatient = false
        var since: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let limit: Duration

    /// Waits for up to `limit`.
    init(limit: Duration) {
        self.limit = limit
    }

    /// Called by SQLite when it meets a lock: whether to look again.
    func wait(tries: Int) -> Bool {
        let goesOn = state.withLock { state in
            guard !state.isImpatient else { return false }
            if tries == 0 { state.since = .now }
            return state.since.map { ContinuousClock.now - $0 < limit } ?? false
        }
        if goesOn { usleep(tries < 10 ? 100 : 500) }
        return goesOn
    }

    /// Runs `body` without waiting for anybody.
    func without<Result>(_ body: () -> Result) -> Result {
        state.withLock { $0.isImpatient = true }
        defer { state.withLock { $0.isImpatient = false } }
        return body()
    }
}

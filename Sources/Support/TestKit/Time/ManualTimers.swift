import Idempotency

/// What waits for a `ManualClock`: a value, so that the clock can take what is due under its lock and call it outside.
struct ManualTimers {
    /// Names one that waits.
    typealias Token = UInt64
    /// Called with true when the time has come and with false when the sleeper was cancelled.
    typealias Call = @Sendable (Bool) -> Void

    var now: Timestamp
    private(set) var waiting: [Token: (deadline: Timestamp, call: Call)] = [:]
    private var lastToken: Token = 0

    init(now: Timestamp) {
        self.now = now
    }

    /// Adds one, or gives `nil` if its time has come already.
    mutating func add(at deadline: Timestamp, _ call: @escaping Call) -> Token? {
        guard deadline > now else { return nil }
        lastToken += 1
        waiting[lastToken] = (deadline, call)
        return lastToken
    }

    /// Takes one out before its time.
    mutating func remove(_ token: Token) -> Call? {
        waiting.removeValue(forKey: token)?.call
    }

    /// Takes out all whose time has come, earliest first, in the order they were added.
    mutating func takeDue() -> [Call] {
        let due = waiting.filter { $0.value.deadline <= now }
        for token in due.keys { waiting[token] = nil }
        return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }.map(\.value.call)
    }
}

import NIOCore

/// Whether one address of an upstream is used, as a value: connections that fail put it aside until a trial succeeds,
/// bad answers to health checks take it out until good ones come.
struct UpstreamHealth: Equatable {
    /// What changed, for the log.
    enum Change: Equatable {
        /// A connection failed: the address is put aside.
        case ejected
        /// A connection was made again.
        case reconnected
        /// Health checks failed so often that it is taken out.
        case tookIll
        /// Health checks succeeded so often that it is back.
        case recovered
    }

    private enum Reach: Equatable {
        case good
        /// Put aside; the next trial, and the rest that follows if it fails.
        case ejected(trial: NIODeadline, rest: TimeAmount)
    }

    /// The first rest before a trial: shorter than a restart takes.
    static let firstRest = TimeAmount.milliseconds(500)
    /// The longest rest: an address that was away for a day is back within this.
    static let longestRest = TimeAmount.seconds(30)

    private var reach = Reach.good
    /// What the health checks say; an address that was not asked yet counts as well.
    private(set) var isWell = true
    private var streak = 0

    /// Whether connections can be made, as far as anyone knows.
    var isReachable: Bool { reach == .good }
    /// Whether requests go there.
    var isUsable: Bool { isReachable && isWell }

    /// A connection for a request could not be made. What was under way when the address was put aside says nothing
    /// new.
    mutating func connectFailed(at now: NIODeadline) -> Change? {
        guard case .good = reach else { return nil }
        reach = .ejected(trial: now + Self.firstRest, rest: Self.firstRest)
        return .ejected
    }

    /// A connection was made.
    mutating func connected() -> Change? {
        guard !isReachable else { return nil }
        reach = .good
        return .reconnected
    }

    /// Whether it is time to try a connection; if so, the next time is set.
    mutating func beginsTrial(at now: NIODeadline) -> Bool {
        guard case .ejected(let trial, let rest) = reach, trial <= now else { return false }
        let longer = min(rest + rest, Self.longestRest)
        reach = .ejected(trial: now + longer, rest: longer)
        return true
    }

    /// Something has changed that may help: the next trial is due at once.
    mutating func hurry(at now: NIODeadline) {
        if !isReachable { reach = .ejected(trial: now, rest: Self.firstRest) }
    }

    /// A health check was answered well, or was not.
    mutating func checked(isGood: Bool, by check: UpstreamHealthCheck) -> Change? {
        guard isGood != isWell else {
            streak = 0
            return nil
        }
        streak += 1
        guard streak >= (isGood ? check.rise : check.fall) else { return nil }
        streak = 0
        isWell = isGood
        return isGood ? .recovered : .tookIll
    }

    /// Health is not checked any more, so that nothing speaks against the address but failed connections.
    mutating func isNoLongerChecked() {
        isWell = true
        streak = 0
    }
}

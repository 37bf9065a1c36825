import NIOCore

/// Says whether an event loop may judge time-outs: not right after it was late.
///
/// A loop that was busy, or whose process was stopped, has not read what came meanwhile. Whoever sent in time would be
/// timed out for bytes that lie in the socket. So it reads first.
struct Punctuality {
    private var last: NIODeadline
    /// When it may judge again.
    private var resumption: NIODeadline
    /// Since when it is late again and again.
    private var lateSince: NIODeadline?

    init(now: NIODeadline) {
        last = now
        resumption = now
    }

    /// Tells whether time-outs may be judged now; asked at every tick.
    mutating func mayJudge(at now: NIODeadline) -> Bool {
        let rest = now - last
        last = now
        if rest > Self.tolerance {
            lateSince = lateSince ?? now
            resumption = now + Self.reading
        }
        guard now < resumption, let lateSince else {
            lateSince = nil
            return true
        }
        return now - lateSince >= Self.patience
    }

    /// The longest rest between two ticks of a loop that is not late; they come every tenth of a second.
    private static var tolerance: TimeAmount { .milliseconds(500) }
    /// How long it reads before it judges: two ticks, between which it looks at all sockets.
    private static var reading: TimeAmount { .milliseconds(200) }
    /// How long time-outs may be put off by a loop that is late all the time: an overload must not keep attackers in.
    private static var patience: TimeAmount { .seconds(10) }
}

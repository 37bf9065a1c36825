import NIOCore

/// How fast the body of a request comes: a client that sends a byte now and then would hold a connection, here and
/// upstream, for as long as it likes.
struct BodyPace {
    private let rate: Int
    private var begin: NIODeadline
    private var received = 0
    private var lastLook: NIODeadline

    /// - Parameter rate: The least that must come, in bytes a second.
    init(rate: Int, now: NIODeadline) {
        self.rate = rate
        begin = now
        lastLook = now
    }

    /// Counts what came.
    mutating func received(_ count: Int) {
        received += count
    }

    /// Whether too little came until now.
    ///
    /// - Parameter isHeld: Whether it is the gateway that does not read; that time does not count.
    mutating func isTooSlow(now: NIODeadline, isHeld: Bool) -> Bool {
        let rested = now - lastLook
        lastLook = now
        if isHeld { begin = begin + rested }
        let elapsed = now - begin
        guard elapsed > Self.grace else { return false }
        return received < Int(elapsed.nanoseconds / 1_000_000_000) * rate
    }

    private static var grace: TimeAmount { .seconds(10) }
}

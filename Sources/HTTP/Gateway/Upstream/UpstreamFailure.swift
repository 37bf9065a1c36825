/// How an exchange with the upstream ended without an answer.
enum UpstreamFailure: Error {
    /// No connection was made: nothing was sent.
    case unreachable
    /// No connection became free in time: nothing was sent.
    case busy
    /// The connection ended after the request, or part of it, had been sent.
    case brokeOff
    /// The upstream was silent for too long after the request, or part of it, had been sent.
    case timedOut
    /// What came back is no HTTP answer.
    case malformed

    /// Whether not a byte of the request reached the upstream.
    var nothingWasSent: Bool {
        switch self {
        case .unreachable, .busy: true
        case .brokeOff, .timedOut, .malformed: false
        }
    }
}

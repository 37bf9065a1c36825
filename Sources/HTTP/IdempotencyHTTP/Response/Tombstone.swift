/// What is stored in the place of an answer that could not be kept: the request took effect, and a retry is told so.
public struct Tombstone: Hashable, Sendable {
    /// Why the answer was not kept.
    public enum Reason: UInt8, Hashable, Sendable, CaseIterable {
        /// It outgrew the limit on stored responses.
        case tooLarge = 1
        /// It was an event stream.
        case stream = 2
        /// Its route says that answers are not to be kept.
        case routeMarked = 3
        /// Too many answers were under way for one more to be held.
        case noRoom = 4
        /// It was kept, and erased together with all else of its scope.
        case erased = 5

        var text: String {
            switch self {
            case .tooLarge: "was larger than what is kept"
            case .stream: "was a stream"
            case .routeMarked: "is not kept on this route"
            case .noRoom: "was one of too many at the time to be kept"
            case .erased: "was erased"
            }
        }
    }

    /// Why the answer was not kept.
    public var reason: Reason
    /// The status that the first caller got; 0 when that was erased too.
    public var status: Int

    /// A tombstone.
    public init(reason: Reason, status: Int) {
        self.reason = reason
        self.status = status
    }
}

import Synchronization

/// Where counts of a cluster go on: a number stands for a node and a place in it.
final class UsageCursors: Sendable {
    struct Place: Hashable, Sendable {
        var node = 0
        var cursor: UInt64 = 0
    }

    private struct State {
        var places: [(number: UInt64, place: Place)] = []
        var last: UInt64 = 0
    }

    /// How many counts may be under way; of more, the oldest has to begin anew. 64.
    private static let limit = 64

    private let state = Mutex(State())

    /// A number for a place.
    func number(_ place: Place) -> UInt64 {
        state.withLock { state in
            state.last += 1
            state.places.append((state.last, place))
            if state.places.count > Self.limit { state.places.removeFirst() }
            return state.last
        }
    }

    /// The place that a number stands for, or the beginning.
    func place(_ number: UInt64) -> Place {
        state.withLock { state in state.places.first { $0.number == number }?.place ?? Place() }
    }
}
